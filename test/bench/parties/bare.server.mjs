// The least that a guarded route can be in the same framework: passport-jwt judges the signature, and no database is
// asked; or, with a DATABASE_URL, the least that can be asked.
import 'reflect-metadata';
import { createPublicKey } from 'node:crypto';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import pg from 'pg';

const { JWK, ISSUER, DATABASE_URL } = process.env;
const pool = DATABASE_URL ? new pg.Pool({ connectionString: DATABASE_URL }) : null;

class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      // A KeyObject: a text would be parsed on every request.
      secretOrKey: createPublicKey({ key: JSON.parse(JWK), format: 'jwk' }),
      algorithms: ['RS256'],
      issuer: ISSUER,
      audience: ISSUER,
    });
  }

  validate(claims) {
    return pool ? pool.query({ name: 'least', text: 'SELECT 1' }).then(() => claims) : claims;
  }
}

class MeController {
  /** As long as Rekey's answer. */
  read({ user }) {
    return {
      id: user.sub,
      email: 'person-100000@example.com',
      emailVerified: true,
      plan: 'PERSONAL',
      locale: 'en',
      passwordChangedAt: new Date(user.auth_time * 1000),
      createdAt: new Date(user.iat * 1000),
      pendingEmailChange: null,
    };
  }
}

class BareModule {}

// Plain JavaScript has no decorators yet: they are functions that take the class, or its method.
const read = Object.getOwnPropertyDescriptor(MeController.prototype, 'read');
Req()(MeController.prototype, 'read', 0);
Get('account/v1/me')(MeController.prototype, 'read', read);
UseGuards(AuthGuard('jwt'))(MeController.prototype, 'read', read);
Controller()(MeController);
Module({ imports: [PassportModule], controllers: [MeController], providers: [JwtStrategy] })(BareModule);

const app = await NestFactory.create(BareModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
