import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { TinctModule } from '@tinct/sdk/nest';
import { GreetingController } from './greeting.controller.js';
import { GreetingService } from './greeting.service.js';

@Module({
  imports: [
    TinctModule.forRoot({
      trust: 'none', // clients come directly: nobody is believed for a version
      identityTrust: { cidr: ['127.0.0.1'] }, // here every program on this machine may say who the user is
      plan: join(import.meta.dirname, '../plan.yaml'),
    }),
  ],
  controllers: [GreetingController],
  providers: [GreetingService],
})
export class AppModule {}
