import { IsString } from 'class-validator';

export class MailedTokenFormDto {
  @IsString()
  token: string;
}

export class ResetRequestFormDto {
  @IsString()
  email: string;
}

export class NewPasswordFormDto {
  @IsString()
  token: string;

  @IsString()
  newPassword: string;
}

export class VerificationFormDto {
  @IsString()
  email: string;

  @IsString()
  code: string;
}
