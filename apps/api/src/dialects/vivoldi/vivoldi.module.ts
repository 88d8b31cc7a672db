import { type DynamicModule, Module } from '@nestjs/common';
import { DialectRegistry, Documented } from '../dialect';
import { AuthController } from './auth.controller';
import { UserController } from './user.controller';
import { UserTokenStrategy } from './user-token.guard';
import { VIVOLDI } from './vivoldi.dialect';
import { VIVOLDI_DOCUMENT } from './vivoldi.docs';
import { VIVOLDI_POLICY, vivoldiPolicy } from './vivoldi.policy';
import { vivoldiSettingsSchema, type VivoldiSettings } from './vivoldi.settings';

@Documented(VIVOLDI_DOCUMENT)
@Module({})
export class VivoldiModule {
  static readonly settings = vivoldiSettingsSchema;

  static forRoot(settings: VivoldiSettings): DynamicModule {
    return {
      module: VivoldiModule,
      controllers: [AuthController, UserController],
      providers: [UserTokenStrategy, { provide: VIVOLDI_POLICY, useValue: vivoldiPolicy(settings) }],
    };
  }

  constructor(dialects: DialectRegistry) {
    dialects.register(VIVOLDI);
  }
}
