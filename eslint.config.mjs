import eslint from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

// How long `===` takes tells how much was right: a secret is looked up by its digest, or compared by `equalBytes`.
const SECRET = '/(secret|pepper|token|digest|hash|hmac|signature|apiKey|^code)$/i';
const isSecret = (side) => `[${side}.name=${SECRET}], [${side}.property.name=${SECRET}]`;
const COMPARED_SECRETS = [
  // Not with a literal, `undefined` or what a name in capitals stands for: these are no secrets.
  `BinaryExpression[operator=/^[!=]==?$/]:not(:has(> Literal)):not([right.name=/^[A-Z_]+$|^undefined$/]):matches(${isSecret('left')}, ${isSecret('right')})`,
  `CallExpression[callee.property.name='equals']:matches(${isSecret('callee.object')}, ${isSecret('arguments.0')})`,
];

export default tseslint.config(
  { ignores: ['dist', '**/generated', 'coverage', 'artefacts', '**/*.cjs', '**/*.mjs'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from node:crypto.' },
      ],
    },
  },
  {
    // No text of a caller keeps a pattern busy for longer than its length says.
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      // `(a|a)*` takes twice the time for each character more; the rule above lets it pass.
      'regexp/no-dupe-disjunctions': 'error',
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...COMPARED_SECRETS.map((selector) => ({
          selector,
          message: 'Compare secrets by equalBytes, in constant time.',
        })),
      ],
    },
  },
  {
    // The swagger plug-in reads the classes that a DTO's fields name, at run time.
    files: ['**/*.dto.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // Does not see that a decorator on a parameter uses a value.
    files: ['**/*.controller.ts'],
    rules: { 'no-useless-assignment': 'off' },
  },
  {
    // Time is the database's to tell (docs/adr).
    files: ['libs/account/src/**/*.ts', 'libs/session/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Expiry is judged by the database’s clock.' },
        { object: 'Math', property: 'random', message: 'Randomness comes from node:crypto.' },
      ],
    },
  },
  {
    // Answers are read as a client reads them: untyped.
    files: ['test/**/*.ts', '**/*.spec.ts', '**/*.int-spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
);
