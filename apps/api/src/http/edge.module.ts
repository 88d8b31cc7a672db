import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics';
import { SurfaceRegistry } from './surface';

/** Global so that each surface's module can register itself, and what happens anywhere be counted. */
@Global()
@Module({ providers: [Metrics, SurfaceRegistry], exports: [Metrics, SurfaceRegistry] })
export class EdgeModule {}
