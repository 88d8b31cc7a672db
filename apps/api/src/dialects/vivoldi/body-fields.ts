import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import { hasPasswordForm, isEmailAddress } from '@app/account';
import { PAGE_PASSWORD } from './vivoldi.policy';

/** Only an absent field is not judged: `null` is one that is there, and is not valid. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

export const IsAddress = (): PropertyDecorator =>
  ValidateBy({
    name: 'isAddress',
    validator: { validate: isEmailAddress, defaultMessage: () => '$property must be an e-mail address' },
  });

export const IsPagePassword = (): PropertyDecorator =>
  applyDecorators(
    ValidateBy({
      name: 'isPagePassword',
      validator: {
        validate: (value) => hasPasswordForm(value, PAGE_PASSWORD),
        defaultMessage: () => '$property must be 6–30 characters with letters and numbers',
      },
    }),
    ApiProperty({ minLength: PAGE_PASSWORD.minLength, maxLength: PAGE_PASSWORD.maxLength }),
  );
