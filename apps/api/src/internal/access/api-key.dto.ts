import { Transform, type TransformFnParams } from 'class-transformer';
import { IsUUID } from 'class-validator';
import type { ApiKey } from '@app/account';
import { canonicalId } from '../../http/canonical-id';

export class ApiKeyHolderDto {
  /** @example 6f1c2b34-5a0e-4d0b-9d0b-7a3f4f2d9a10 */
  @IsUUID()
  @Transform(({ value }: TransformFnParams): unknown => (typeof value === 'string' ? canonicalId(value) : value))
  accountId: string;
}

export class NewApiKeyDto {
  id: string;

  /** Shown this once. */
  apiKey: string;
}

export class ApiKeyDto implements ApiKey {
  id: string;

  accountId: string;

  createdAt: Date;

  /** When a rotation ends it. */
  expiresAt: Date | null;

  revokedAt: Date | null;
}

export class ApiKeysDto {
  /** The ended ones too, oldest first. */
  apiKeys: ApiKeyDto[];
}
