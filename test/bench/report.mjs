const COLUMNS = ['what', 'measured', 'beside', 'ratio', 'target', 'verdict'];

export const isMissed = ({ ratio, target }) =>
  Boolean(target) && (target.atLeast === undefined ? ratio > target.atMost : ratio < target.atLeast);

/** The rows as a Markdown table. */
export function tableOf(rows) {
  const lines = [COLUMNS, ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const [head, ...rest] = lines.map((cells) => `| ${cells.map((cell, n) => cell.padEnd(widths[n])).join(' | ')} |`);
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest].join('\n');
}

function cellsOf({ what, figure, unit, peer, limit, ratio, target, ...row }) {
  return [
    what,
    `${rounded(figure)}${unit}`,
    `${peer}: ${rounded(limit)}${unit}`,
    ratio.toFixed(2),
    targetText(target),
    verdictOf({ ratio, target, ...row }),
  ];
}

function targetText(target) {
  if (!target) return '';
  return target.atLeast === undefined ? `≤ ${target.atMost}` : `≥ ${Number(target.atLeast.toFixed(2))}`;
}

function verdictOf(row) {
  if (!row.target) return 'for information';
  return isMissed(row) ? 'MISSED' : 'met';
}

const rounded = (figure) => (figure < 100 ? figure.toFixed(1) : Math.round(figure).toLocaleString('en'));
