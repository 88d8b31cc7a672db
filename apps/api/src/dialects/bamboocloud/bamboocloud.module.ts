import { Module } from '@nestjs/common';
import { DialectRegistry, Documented } from '../dialect';
import { BAMBOOCLOUD } from './bamboocloud.dialect';
import { BAMBOOCLOUD_DOCUMENT } from './bamboocloud.docs';
import { BamboocloudCodeController } from './bamboocloud-code.controller';
import { BamboocloudKeysController } from './bamboocloud-keys.controller';
import { BamboocloudPasswordController } from './bamboocloud-password.controller';
import { BamboocloudProfileController } from './bamboocloud-profile.controller';
import { BamboocloudSignInController } from './bamboocloud-sign-in.controller';

@Documented(BAMBOOCLOUD_DOCUMENT)
@Module({
  controllers: [
    BamboocloudCodeController,
    BamboocloudKeysController,
    BamboocloudPasswordController,
    BamboocloudProfileController,
    BamboocloudSignInController,
  ],
})
export class BamboocloudModule {
  constructor(dialects: DialectRegistry) {
    dialects.register(BAMBOOCLOUD);
  }
}
