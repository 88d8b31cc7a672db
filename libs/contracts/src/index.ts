export * from './address-fields';
export * from './consumers';
export * from './domain-error';
export * from './domain-events';
export * from './error-catalogue';
export * from './requester';
