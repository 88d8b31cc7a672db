import { IsString } from 'class-validator';
import { IsCleanText } from '../../http/clean-text';
import { HasCodePoints } from '../../http/code-points';

export class RegisterApplicationDto {
  /** @example "Mobile app" */
  @IsString()
  @IsCleanText()
  @HasCodePoints(1, 100)
  name: string;
}

export class RegisteredApplicationDto {
  /**
   * What the application names itself by. Public, not a secret.
   * @example nTo1eRIub60vPb54WeE6aojPwYwImtl4
   */
  clientId: string;

  /** @example "Mobile app" */
  name: string;

  createdAt: Date;
}

export class ApplicationDto extends RegisteredApplicationDto {
  revokedAt: Date | null;
}

export class ApplicationsDto {
  /** The revoked ones too, oldest first. */
  applications: ApplicationDto[];

  /** The `after` of the next page; null on the last one. */
  next: string | null;
}
