import { Module } from '@nestjs/common';
import { DialectRegistry, Documented } from '../dialect';
import { AppliveryController } from './applivery.controller';
import { AppliveryAuthController } from './auth.controller';
import { APPLIVERY } from './applivery.dialect';
import { APPLIVERY_DOCUMENT } from './applivery.docs';

@Documented(APPLIVERY_DOCUMENT)
@Module({ controllers: [AppliveryAuthController, AppliveryController] })
export class AppliveryModule {
  constructor(dialects: DialectRegistry) {
    dialects.register(APPLIVERY);
  }
}
