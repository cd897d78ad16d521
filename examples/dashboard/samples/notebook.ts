import { scatterPlot } from './pictures.ts';

type Output = Record<string, unknown>;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const lines = (text: string): string[] => text.split(/(?<=\n)/);

const markdown = (text: string) => ({ cell_type: 'markdown', metadata: {}, source: lines(text) });
const code = (count: number, text: string, ...outputs: Output[]) => ({
  cell_type: 'code',
  execution_count: count,
  metadata: {},
  source: lines(text),
  outputs,
});
const stream = (name: 'stdout' | 'stderr', text: string): Output => ({
  output_type: 'stream',
  name,
  text: lines(text),
});
const display = (data: Record<string, unknown>): Output => ({ output_type: 'display_data', metadata: {}, data });

const table = `<table border="1" class="dataframe">
  <thead><tr><th></th><th>MedInc</th><th>HouseAge</th><th>Price</th></tr></thead>
  <tbody>
    <tr><th>0</th><td>8.3252</td><td>41.0</td><td>4.526</td></tr>
    <tr><th>1</th><td>8.3014</td><td>21.0</td><td>3.585</td></tr>
    <tr><th>2</th><td>7.2574</td><td>52.0</td><td>3.521</td></tr>
  </tbody>
</table>`;

/** HTML that tries to run code, to load from other servers, and to cover the page. None of it may have an effect. */
const hostile = `<p id="hostile">This output is hostile.</p>
<script>top.sampleScriptRan = true; parent.document.title = 'sample script ran';</script>
<img src="none:" onerror="top.sampleScriptRan = true" alt="broken">
<img src="https://tracker.example/pixel.png" alt="tracker">
<a href="javascript:top.sampleScriptRan = true">a link</a>
<iframe src="https://tracker.example/"></iframe>
<form action="https://tracker.example/"><input name="password"><button>Sign in</button></form>
<style>body { display: none } @import url('https://tracker.example/a.css');</style>
<svg><script>top.sampleScriptRan = true</script><a xlink:href="javascript:top.sampleScriptRan = true"><text y="10">svg</text></a></svg>
<div style="position: fixed; inset: 0; background: red">covers the page</div>
<meta http-equiv="refresh" content="0;url=https://tracker.example/">`;

/** What the notebook runs, without outputs. */
export function notebookSource(): string {
  return JSON.stringify({
    ...notebook(),
    cells: notebook().cells.map((cell) => ('outputs' in cell ? { ...cell, execution_count: null, outputs: [] } : cell)),
  });
}

/** An executed notebook: text, a table, a picture, a traceback, and HTML that means harm. */
export function executedNotebook(): string {
  return JSON.stringify(notebook(), undefined, 1);
}

function notebook() {
  const red = (text: string) => `\u001b[0;31m${text}\u001b[0m`;
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python' },
    },
    cells: [
      markdown(
        '# House prices\n\nA **first look** at the data, and a baseline with `HistGradientBoostingRegressor`.\n\n- [Data](https://www.kaggle.com/datasets)\n- Error: $\\sqrt{\\frac{1}{n}\\sum (y - \\hat y)^2}$\n',
      ),
      code(
        1,
        'import pandas as pd\n\nframe = pd.read_csv("/kaggle/input/datasets/alice/house-prices-data/train.csv")\nframe.shape',
        {
          output_type: 'execute_result',
          execution_count: 1,
          metadata: {},
          data: { 'text/plain': ['(20640, 9)'] },
        },
      ),
      code(2, 'frame.head(3)', {
        output_type: 'execute_result',
        execution_count: 2,
        metadata: {},
        data: { 'text/html': lines(table), 'text/plain': ['   MedInc  HouseAge  Price\n0  8.3252      41.0  4.526'] },
      }),
      code(
        3,
        'frame.plot.scatter("MedInc", "Price", c="Region")',
        display({ 'image/png': base64(scatterPlot()), 'text/plain': ['<Axes>'] }),
      ),
      code(
        4,
        'for fold in range(3):\n    print(f"fold {fold}: rmse {scores[fold]:.4f}")',
        stream('stdout', 'fold 0: rmse 0.4712\nfold 1: rmse 0.4685\nfold 2: rmse 0.4731\n'),
        stream('stderr', 'UserWarning: 3 values were missing and have been imputed\n'),
      ),
      code(5, 'display(HTML(widget))', display({ 'text/html': lines(hostile), 'text/plain': ['<HTML object>'] })),
      code(6, 'frame["Pricee"].mean()', {
        output_type: 'error',
        ename: 'KeyError',
        evalue: "'Pricee'",
        traceback: [
          red('---------------------------------------------------------------------------'),
          `${red('KeyError')}                                  Traceback (most recent call last)`,
          `Cell \u001b[0;32mIn[6], line 1\u001b[0m\n\u001b[0;32m----> 1\u001b[0m frame[\u001b[38;5;124m"\u001b[39mPricee\u001b[38;5;124m"\u001b[39m].mean()`,
          `${red('KeyError')}: 'Pricee'`,
        ],
      }),
      markdown(
        '## Next\n\n1. Tune the learning rate\n2. Try *more* features <script>top.sampleScriptRan = true</script>\n',
      ),
    ],
  };
}
