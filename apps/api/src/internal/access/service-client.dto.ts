import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsString } from 'class-validator';
import { type Scope, SCOPES } from '@app/session';
import { IsCleanText } from '../../http/clean-text';
import { HasCodePoints } from '../../http/code-points';

export class CreateServiceClientDto {
  /** @example billing */
  @IsString()
  @IsCleanText()
  @HasCodePoints(1, 100)
  name: string;

  /** @example ["accounts:read"] */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes: Scope[];
}

export class NewSecretDto {
  /** Shown this once. */
  clientSecret: string;
}

export class NewServiceClientDto extends NewSecretDto {
  clientId: string;

  /** @example billing */
  name: string;

  scopes: Scope[];
}

export class ServiceClientDto {
  clientId: string;

  /** @example billing */
  name: string;

  scopes: Scope[];

  createdAt: Date;

  revokedAt: Date | null;
}

export class ServiceClientsDto {
  /** The revoked ones too, oldest first. */
  serviceClients: ServiceClientDto[];

  /** The `after` of the next page; null on the last one. */
  next: string | null;
}
