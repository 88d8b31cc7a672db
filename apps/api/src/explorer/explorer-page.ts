// The one inline style that Swagger UI's bundle adds, in its logo. The browser test says when another version has another.
const LOGO_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

/** Scripts and styles of this origin alone; requests to this origin alone. */
export const EXPLORER_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${LOGO_STYLE}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface LinkedDocument {
  name: string;
  /** Absolute: the browser would resolve another one against the folder of the page. */
  url: string;
}

/** Swagger UI in a page without any inline script or style. */
export function explorerPage(documents: readonly LinkedDocument[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rekey API explorer</title>
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="stylesheet" href="/docs/assets/explorer.css">
<script defer src="/docs/assets/swagger-ui-bundle.js"></script>
<script defer src="/docs/assets/swagger-ui-standalone-preset.js"></script>
<script type="module" src="/docs/assets/explorer.mjs"></script>
</head>
<body><div id="explorer" data-documents="${attribute(JSON.stringify(documents))}"></div></body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
