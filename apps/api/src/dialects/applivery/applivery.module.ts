import { Module } from '@nestjs/common';
import { DialectRegistry } from '../dialect';
import { AppliveryController } from './applivery.controller';
import { APPLIVERY } from './applivery.dialect';

@Module({ controllers: [AppliveryController] })
export class AppliveryModule {
  constructor(dialects: DialectRegistry) {
    dialects.register(APPLIVERY);
  }
}
