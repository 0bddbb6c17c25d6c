// The page's script is plain scripts in one scope, put together by stepwise; TypeScript checks its names and types.
import js from '@eslint/js';

export default [
  {...js.configs.recommended, files: ['templates/html/script/*.js', 'templates/reveal/*.js']},
  {
    files: ['templates/html/script/*.js', 'templates/reveal/*.js'],
    languageOptions: {ecmaVersion: 2023, sourceType: 'script'},
    linterOptions: {reportUnusedDisableDirectives: 'error'},
    rules: {
      'no-undef': 'off', // TypeScript knows every name, those of the other files too
      'no-unused-vars': ['error', {vars: 'local', argsIgnorePattern: '^_', varsIgnorePattern: '^_'}],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': ['error', {destructuring: 'all'}],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      // What lets stepwise take comments and spaces out without reading JavaScript in earnest:
      'no-restricted-syntax': ['error', {selector: 'TemplateLiteral TemplateLiteral', message: 'no template inside a template'}],
    },
  },
];
