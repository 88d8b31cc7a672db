import { Module } from '@nestjs/common';
import { Introspection } from './introspection';
import { ConfigurableModuleClass } from './rekey-options';
import { RekeyGuard } from './rekey.guard';

/** `RekeyModule.register({ url, clientId, clientSecret })`, or `registerAsync` with a factory. */
@Module({ providers: [Introspection, RekeyGuard], exports: [Introspection, RekeyGuard] })
export class RekeyModule extends ConfigurableModuleClass {}
