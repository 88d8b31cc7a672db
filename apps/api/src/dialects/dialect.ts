/**
 * The port of a dialect, and all that a dialect's folder may know of the HTTP edge. Its module registers the
 * dialect in its constructor: `constructor(dialects: DialectRegistry) { dialects.register(…) }`.
 */
export { Documented, type SurfaceDocument } from '../explorer/surface-document';
export { IsCleanText } from '../http/clean-text';
export { HasCodePoints } from '../http/code-points';
export { Fails } from '../http/fails';
export {
  type Surface as Dialect,
  SurfaceRegistry as DialectRegistry,
  WireException,
  type WireResponse,
} from '../http/surface';
export { IgnoresUnknownFields } from '../http/validation.pipe';
