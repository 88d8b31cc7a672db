import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { type ActiveToken, Introspection } from './introspection';

/** What Express and Fastify have in common. */
interface Request {
  headers: { authorization?: string };
  person?: ActiveToken;
}
interface Response {
  header(name: string, value: string): unknown;
}

/** Lets a request through whose access token is good at this moment; 401 without one, 503 when Rekey does not say. */
@Injectable()
export class RekeyGuard implements CanActivate {
  constructor(private readonly introspection: Introspection) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const token = /^bearer +([\w.-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const person = token === undefined ? null : await this.introspect(token);
    if (person === null) {
      http.getResponse<Response>().header('WWW-Authenticate', token ? 'Bearer error="invalid_token"' : 'Bearer');
      throw new UnauthorizedException();
    }
    request.person = person;
    return true;
  }

  /** Never a pass when nobody can say. */
  private introspect(token: string): Promise<ActiveToken | null> {
    return this.introspection.of(token).catch((cause: unknown) => {
      throw new ServiceUnavailableException(undefined, { cause });
    });
  }
}

/** The person whose token `RekeyGuard` has let through. */
export const Person = createParamDecorator((_: unknown, context: ExecutionContext): ActiveToken | undefined => {
  return context.switchToHttp().getRequest<Request>().person;
});
