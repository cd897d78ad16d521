import './language.ts';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { isDark } from '../app/theme.ts';
import { align, colorCount, drawable, flatRange, type Series, spread, styleOf } from './series.ts';

export interface PlotProps {
  series: readonly Series[];
  xLabel: string;
  yLabel: string;
  logX: boolean;
  logY: boolean;
  /** Names of the positions 0, 1, ... of the x axis. */
  categories: readonly string[] | undefined;
  /** Points that are not joined. */
  points: boolean;
  /** Position at which values are read, as an index of the aligned positions; `undefined` for none. */
  at: number | undefined;
  onAt: (index: number | undefined) => void;
}

/** Points of a line that are drawn as dots. */
const mostPoints = 30;
/** Labels that fit into a chart. */
const mostLabels = 24;

/** Colors of the theme: a canvas cannot use CSS variables. */
function colorsOf(place: Element): Record<'text' | 'muted' | 'line' | 'surface', string> & { series: string[] } {
  const probe = document.createElement('span');
  place.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const series = Array.from({ length: colorCount }, (_, index) => read(`chart-${index + 1}`));
  const found = { text: read('text'), muted: read('muted'), line: read('line'), surface: read('surface'), series };
  probe.remove();
  return found;
}

function optionsOf(props: PlotProps, place: HTMLElement, font: string): Omit<uPlot.Options, 'width' | 'height'> {
  const { series, xLabel, yLabel, logX, logY, categories, points, onAt } = props;
  const colors = colorsOf(place);
  const axis = (label: string, size: number): uPlot.Axis => ({
    stroke: colors.muted,
    font: `12px ${font}`,
    label,
    labelFont: `500 12px ${font}`,
    labelSize: 20,
    size,
    grid: { stroke: colors.line, width: 1 },
    ticks: { stroke: colors.line, width: 1, size: 4 },
  });
  const short = (name = '') => (name.length > 14 ? `${name.slice(0, 13)}…` : name);
  const xAxis: uPlot.Axis = {
    ...axis(xLabel, 34),
    ...(categories && {
      splits: () => categories.map((_, index) => index),
      values: (_plot: uPlot, splits: number[]) => splits.map((split) => short(categories[split])),
    }),
  };
  /** Writes the numbers of lines at their ends, and the names beside points, so that they can be told apart without color. */
  function label(plot: uPlot): void {
    const labels = series.flatMap((each, index) => {
      const values = plot.data[index + 1] as (number | null | undefined)[];
      const last = values.findLastIndex((value) => value != null);
      const places = each.names ? values.keys().filter((place) => values[place] != null) : last < 0 ? [] : [last];
      return [...places].map((place) => ({
        text: each.names?.[place] ?? String(each.number),
        color: colors.series[styleOf(each.number).color - 1]!,
        left: plot.valToPos(plot.data[0][place]!, 'x', true) + 7 * devicePixelRatio,
        top: plot.valToPos(values[place]!, 'y', true),
      }));
    });
    if (labels.length > mostLabels) return;
    const { ctx } = plot;
    ctx.save();
    ctx.font = `600 ${10 * devicePixelRatio}px ${font}`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    for (const { text, color, left, top } of points ? labels : spread(labels, 11 * devicePixelRatio)) {
      ctx.fillStyle = color;
      ctx.fillText(text, left, top);
    }
    ctx.restore();
  }
  const xRange: uPlot.Range.Function = (_plot, min, max) => {
    if (categories) return [-0.5, categories.length - 0.5];
    return flatRange(min, max, logX) ?? (logX ? uPlot.rangeLog(min, max, 10, false) : [min, max]);
  };
  const yRange: uPlot.Range.Function = (_plot, min, max) =>
    flatRange(min, max, logY) ?? (logY ? uPlot.rangeLog(min, max, 10, false) : uPlot.rangeNum(min, max, 0.1, true));
  return {
    legend: { show: false },
    padding: [12, points ? 44 : 24, 0, 0],
    scales: {
      x: { time: false, distr: logX ? 3 : 1, range: xRange },
      y: { distr: logY ? 3 : 1, range: yRange },
    },
    axes: [xAxis, axis(yLabel, 58)],
    cursor: { y: false, drag: { x: !categories, y: false }, points: { size: 8 } },
    series: [
      {},
      ...series.map(({ number, label, x }): uPlot.Series => {
        const { color, dash } = styleOf(number);
        const stroke = colors.series[color - 1]!;
        if (!points)
          return {
            label,
            stroke,
            width: 2,
            dash: [...dash],
            points: { show: x.length <= mostPoints, size: 5, fill: colors.surface },
          };
        const dots = { show: true, size: 9, fill: stroke, stroke: colors.surface };
        return { label, stroke, paths: () => null, points: dots };
      }),
    ],
    hooks: { draw: [label], setCursor: [({ cursor }) => cursor.event && onAt(cursor.idx ?? undefined)] },
  };
}

/** A chart on a canvas, by uPlot. `Chart` adds what a screen reader and the keyboard need. */
export default function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { series, xLabel, yLabel, logX, logY, categories, points, at } = props;
  const dark = isDark();

  // biome-ignore lint/correctness/useExhaustiveDependencies: `onAt` is only called, and `at` has an effect of its own
  useEffect(() => {
    const element = place.current!;
    const { x, ys } = align(series);
    const data = [x, ...ys.map((values) => values.map((value) => drawable(value, logY)))];
    const size = () => ({ width: element.clientWidth, height: element.clientWidth < 500 ? 240 : 320 });
    const options = { ...optionsOf(props, element, getComputedStyle(element).fontFamily), ...size() };
    const drawn = new uPlot(options, data as uPlot.AlignedData, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => {
      if (element.clientWidth !== drawn.width) drawn.setSize(size());
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [series, xLabel, yLabel, logX, logY, categories, points, dark]);

  useEffect(() => {
    const drawn = plot.current;
    if (!drawn || at === undefined || drawn.cursor.idx === at) return;
    const x = drawn.data[0][at];
    if (x != null) drawn.setCursor({ left: drawn.valToPos(x, 'x'), top: 0 }, false);
  }, [at]);

  return <div class="chart-canvas" ref={place} />;
}
