import { Injectable } from '@nestjs/common';
import { TinctService } from '@tinct/sdk/nest';

@Injectable()
export class GreetingService {
  constructor(private readonly tinct: TinctService) {}

  greet(): string {
    return this.tinct.isIn('greeting', 'v2') ? 'Hello' : 'Good day';
  }
}
