import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { SweepResult } from '../../shared/training.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const size = { width: 1040, height: 460 };
const top = 92;
const bottom = 56;
const panels = [
  { left: 74, width: 556 },
  { left: 716, width: 300 },
] as const;
const colours = { validation: '#0072b2', training: '#8a5a9e', gap: '#d55e00' };

/** Validation and training quality of each value as one SVG picture, with the gap between both beside it. */
export function drawSweepPlot(result: SweepResult): string {
  const { name, option, metric, rows, recommendation } = result;
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  const shown = metric === 'psnr' ? 'PSNR, dB' : metric;
  const values = rows.map(({ value }) => String(value));
  const title = (text: string, panel: 0 | 1): object => ({
    text,
    left: panels[panel].left,
    top: 12,
    textStyle: { fontSize: 15, fontWeight: 'normal' },
  });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: 'sans-serif' },
      title: [
        title(
          `${name}: ${metric === 'psnr' ? 'PSNR' : metric} against ${option}; recommended: ${recommendation.value}`,
          0,
        ),
        title(`overfitting gap${metric === 'psnr' ? ', dB' : ''}`, 1),
      ],
      legend: { top: 44, left: panels[0].left, data: ['validation', 'training'], itemGap: 18 },
      grid: panels.map((panel) => ({ ...panel, top, height: size.height - top - bottom })),
      xAxis: panels.map((_, gridIndex) => ({
        ...{ gridIndex, type: 'category', data: values, name: option, nameLocation: 'middle', nameGap: 32 },
      })),
      yAxis: panels.map((_, gridIndex) => ({
        ...{ gridIndex, type: 'value', scale: gridIndex === 0, nameLocation: 'middle', nameGap: 44 },
        ...{ name: gridIndex === 0 ? shown : '', axisLine: { show: true } },
      })),
      series: [
        lineOf(result, 'validation'),
        lineOf(result, 'training'),
        {
          ...{ type: 'bar', name: 'gap', xAxisIndex: 1, yAxisIndex: 1, itemStyle: { color: colours.gap } },
          ...{ barMaxWidth: 32, data: rows.map(({ gap }) => gap ?? '-') },
        },
      ],
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** The quality of every value; the recommended one stands out among those that were held out. */
function lineOf({ rows, metric, recommendation }: SweepResult, side: 'validation' | 'training'): object {
  return {
    type: 'line',
    name: side,
    lineStyle: { width: 2.4, type: side === 'validation' ? 'solid' : 'dashed' },
    itemStyle: { color: colours[side] },
    data: rows.map(({ value, metrics, trainMetrics }) => ({
      value: (side === 'validation' ? metrics : trainMetrics)[metric] ?? '-',
      symbolSize: value === recommendation.value && side === 'validation' ? 13 : 6,
    })),
  };
}
