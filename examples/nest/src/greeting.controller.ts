import { Controller, Get, UseGuards } from '@nestjs/common';
import { OnlyIn, Variant } from '@tinct/sdk/nest';
import { GreetingService } from './greeting.service.js';

@Controller()
export class GreetingController {
  constructor(private readonly greetings: GreetingService) {}

  @Get()
  greet(@Variant('greeting') variant: string) {
    return { hello: this.greetings.greet(), variant };
  }

  /** A route that only the new version has: for everyone else it is not there. */
  @Get('farewell')
  @UseGuards(OnlyIn('greeting', 'v2'))
  farewell() {
    return { bye: 'See you' };
  }
}
