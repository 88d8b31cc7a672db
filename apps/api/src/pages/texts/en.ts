import { enAdvice } from './en-advice';
import type { PageTexts } from './page-texts';

const NEW_PASSWORD = { href: '/password-reset', label: 'Set a new password' };
const CUT_LINK =
  'Open the link in the mail. If the mail shows it on two lines, copy all of it into the address line of your browser.';

export const en: PageTexts = {
  undo: {
    open: { title: 'Undo a change of your e-mail address', paragraphs: [CUT_LINK, 'Nothing has changed yet.'] },
    ask: ({ restores, replaces }) => ({
      title: 'Undo the change of your e-mail address?',
      effects: [
        replaces === null
          ? `The e-mail address of the account stays ${restores}: it has come back already.`
          : `The e-mail address of the account becomes ${restores} again. Now it is ${replaces}.`,
        'Every session ends, on every device. Whoever is signed in now is signed out.',
        'Changes, codes and links that are still open stop working.',
        `A link to set a new password is mailed to ${restores}. Until that is done, nobody can sign in.`,
      ],
      otherwise: 'Did you change the address yourself? Then close this page: nothing happens.',
      button: 'Undo the change',
    }),
    done: (address) => ({
      title: 'The change is undone',
      paragraphs: [
        `${address} is the e-mail address of your account again, and every session has ended.`,
        'A link to set a new password is on its way to that address. Until you have used it, nobody can sign in.',
        'No mail after a few minutes? Look among the unwanted mails, or have another link sent.',
      ],
      link: { href: '/password-reset', label: 'Send another link' },
    }),
  },
  notMe: {
    open: { title: 'Say that a new password is not yours', paragraphs: [CUT_LINK, 'Nothing has changed yet.'] },
    ask: (address) => ({
      title: 'Was your password changed by somebody else?',
      effects: [
        'Every session ends, on every device. Whoever is signed in now is signed out.',
        'Changes, codes and links to set a password that are still open stop working.',
        `A link to set a new password is mailed to ${address}. Until that is done, nobody can sign in.`,
      ],
      otherwise: 'Did you change the password yourself? Then close this page: nothing happens.',
      button: 'This was not me',
    }),
    done: (address) => ({
      title: 'Your account is closed to everybody',
      paragraphs: [
        'Every session has ended.',
        `A link to set a new password is on its way to ${address}. Until you have used it, nobody can sign in.`,
        'No mail after a few minutes? Look among the unwanted mails, or have another link sent.',
      ],
      link: { href: '/password-reset', label: 'Send another link' },
    }),
  },
  cancel: {
    open: { title: 'Cancel a change of your e-mail address', paragraphs: [CUT_LINK, 'Nothing has changed yet.'] },
    ask: (newAddress) => ({
      title: 'Cancel the change of your e-mail address?',
      effects: [
        `Somebody asked to make ${newAddress} the e-mail address of your account. Nothing has changed yet.`,
        'If you cancel, the code that was mailed there stops working and your address stays as it is.',
      ],
      otherwise: 'Did you ask for it yourself? Then close this page: nothing happens.',
      button: 'Cancel the change',
    }),
    done: {
      title: 'The change is cancelled',
      paragraphs: [
        'The e-mail address of your account stays as it is.',
        'If you did not ask for the change, somebody else knows your password. Set a new one now: that ends their sessions too.',
      ],
      link: NEW_PASSWORD,
    },
  },
  reset: {
    request: {
      title: 'Set a new password',
      paragraphs: ['We send a link to the e-mail address of your account. With it you set a new password.'],
      email: { label: 'E-mail address', hint: 'The one that you sign in with.' },
      button: 'Send the link',
    },
    requested: {
      title: 'Look into your mailbox',
      paragraphs: [
        'If an account has this address, a mail with a link is on its way. It says until when the link works.',
        'No mail after a few minutes? Look among the unwanted mails, check the address, and try again.',
      ],
      link: { href: '/password-reset', label: 'Try again' },
    },
    choose: (minLength) => ({
      title: 'Choose a new password',
      paragraphs: ['Every session of your account ends, on every device. Then you sign in with the new password.'],
      password: {
        label: 'New password',
        hint: `At least ${minLength} characters. Any letters, digits, signs and spaces: a few words make a good one.`,
      },
      button: 'Set the new password',
    }),
    refused: 'Please choose another password:',
    reasons: (minLength, maxLength) => ({
      'too-short': `It needs at least ${minLength} characters.`,
      'too-long': `It can have at most ${maxLength} characters.`,
      'not-text': 'It holds a character that is not text.',
      'no-letter': 'It needs a letter.',
      'no-digit': 'It needs a digit.',
      'too-few-kinds': 'It needs more kinds of characters.',
      'too-few-different': 'It needs more different characters.',
      common: 'It is one of the passwords that attackers try first.',
      breached: 'It is known from a breach of some service.',
      'recently-used': 'You have used it before.',
      unchanged: 'It is the password that you have already.',
      'same-as-address': 'It is too close to your e-mail address.',
      'same-as-name': 'It is too close to your name.',
      'same-as-service': 'It is too close to the name of this service.',
    }),
    done: {
      title: 'Your new password is set',
      paragraphs: [
        'Every session of your account has ended, and a mail tells you so. Sign in with the new password wherever you use the account.',
      ],
    },
  },
  verification: {
    form: {
      title: 'Confirm your e-mail address',
      paragraphs: ['Do this only if the account is yours: enter the address that the mail came to, and its code.'],
      email: { label: 'E-mail address', hint: 'The one that the mail came to.' },
      code: { label: 'Code', hint: 'The six digits of the newest mail.' },
      button: 'Confirm the address',
    },
    wrong:
      'The address or the code is wrong, or the code was used or has expired. Check both; if it is too late, sign in and have a new code sent.',
    done: { title: 'Your e-mail address is confirmed', paragraphs: ['You can close this page.'] },
  },
  deadLinks: {
    undo: {
      title: 'This link does not work any more',
      paragraphs: [
        'It was used already, has expired, or is not complete. Nothing has changed by opening it.',
        'If you have undone the change, set a new password to sign in again: the link for that is in your mailbox, or have another one sent.',
        'If somebody else has your account and this was your only link, the people who run this service can help you.',
      ],
      link: NEW_PASSWORD,
    },
    notMe: {
      title: 'This link does not work any more',
      paragraphs: [
        'It was used already, has expired, or is not complete; or the password was set from this mailbox since. Nothing has changed by opening it.',
        'If the e-mail address was changed since, open the newer mail in this mailbox: it has a link to undo that.',
        'Otherwise set a new password: that ends every session too.',
      ],
      link: NEW_PASSWORD,
    },
    cancel: {
      title: 'This link does not work any more',
      paragraphs: [
        'The change was cancelled already, was completed, or has expired; or the link is not complete.',
        'If it was completed and you did not want it, open the newer mail in this mailbox: it has a link to undo the change.',
        'If you did not ask for the change, set a new password: somebody else knows the one you have.',
      ],
      link: NEW_PASSWORD,
    },
    reset: {
      title: 'This link does not work any more',
      paragraphs: [
        'It was used already or has expired, or a newer one was sent. Opening it has changed nothing.',
        'Have a new link sent.',
      ],
      link: { href: '/password-reset', label: 'Send a new link' },
    },
  },
  errors: {
    busy: { title: 'We are too busy just now', paragraphs: ['Nothing has changed. Please try again in a moment.'] },
    changedMeanwhile: {
      title: 'Something else changed at the same moment',
      paragraphs: ['Your account was changed just now, so this was not done. Open the link in the mail once more.'],
    },
    foreignForm: {
      title: 'This form came from another site',
      paragraphs: ['Nothing has changed. Open the link in your mail and use the form that you see there.'],
    },
    notFound: { title: 'There is nothing here', paragraphs: ['Check the address, or open the link in your mail.'] },
    notUnderstood: {
      title: 'That did not work',
      paragraphs: ['We could not read what your browser sent. Nothing has changed. Open the link in your mail again.'],
    },
    tooMany: {
      title: 'Too many tries',
      paragraphs: ['Nothing has changed. Please wait a few minutes, then try again.'],
    },
    unexpected: {
      title: 'Something went wrong on our side',
      paragraphs: ['Please try again later. If it happens again, tell the people who run this service this number:'],
    },
  },
  errorMark: 'Error',
  reference: 'Reference',
  problem: { meaning: 'Meaning', status: 'HTTP status', whatToDo: 'What to do', advice: enAdvice },
};
