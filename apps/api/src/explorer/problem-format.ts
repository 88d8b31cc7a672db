import { problemSurface } from '../http/problem';
import { ProblemDto } from '../http/problem.dto';
import type { Side } from '../http/side';
import type { ErrorFormat } from './surface-document';

/** Problem details, as the native and the internal API answer. */
export const problemFormat = (listener: Side): ErrorFormat => ({
  surface: problemSurface(listener, 'https://accounts.example.com'),
  body: ProblemDto,
  code: 'code',
  text: 'title',
});
