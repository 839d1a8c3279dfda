import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { rasteriseSvg } from '../../image/rasterise-svg.ts';
import { writeFileSafely } from '../../image/write-file.ts';
import type { Params } from '../../shared/params.ts';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const panelPx = { width: 560, height: 480 };
const margin = { left: 62, right: 18, top: 96, bottom: 52 };
/** Beyond these rates nobody compresses photos, and the curves of all codecs are flat. */
const mostBpp = 2;

const looks: Record<string, { name: string; colour: string; dash: 'solid' | 'dashed' }> = {
  model: { name: 'Pellucid', colour: '#0072b2', dash: 'solid' },
  jpeg: { name: 'JPEG', colour: '#d55e00', dash: 'solid' },
  webp: { name: 'WebP', colour: '#009e73', dash: 'solid' },
  avif: { name: 'AVIF', colour: '#8a5a9e', dash: 'solid' },
  'denoised-webp': { name: 'denoised, WebP', colour: '#e69f00', dash: 'dashed' },
  'denoised-avif': { name: 'denoised, AVIF', colour: '#cc79a7', dash: 'dashed' },
};

type Point = Params<'evaluate.plot'>['means'][number];

/**
 * Writes the curves as SVG into `path`, and as PNG beside it.
 * @throws {PellucidError} what writing throws
 */
export async function writeRatePlot(points: readonly Point[], path: string): Promise<{ paths: string[] }> {
  const svg = drawRatePlot(points);
  const png = path.replace(/\.svg$/, '.png');
  await writeFileSafely(path, Buffer.from(svg), { overwrite: true });
  await writeFileSafely(png, await rasteriseSvg(svg, 2), { overwrite: true });
  return { paths: [path, png] };
}

/** Rate-distortion curves as one SVG picture: a panel for each noise level, a line for each method. */
function drawRatePlot(points: readonly Point[]): string {
  const levels = [...new Set(points.map(({ sigma255 }) => sigma255))].sort((a, b) => a - b);
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: panelPx.width * Math.max(1, levels.length),
    height: panelPx.height,
  });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: 'sans-serif' },
      title: levels.map((sigma255, panel) => ({
        text: sigma255 === 0 ? 'clean photos' : `noisy photos, sigma ${sigma255} of 255`,
        left: panel * panelPx.width + margin.left,
        top: 12,
        textStyle: { fontSize: 15, fontWeight: 'normal' },
      })),
      legend: { top: 44, left: margin.left, itemGap: 18, itemWidth: 34 },
      grid: levels.map((_, panel) => ({
        left: panel * panelPx.width + margin.left,
        top: margin.top,
        width: panelPx.width - margin.left - margin.right,
        height: panelPx.height - margin.top - margin.bottom,
      })),
      xAxis: levels.map((_, panel) => axis(panel, 'bits per pixel, whole file', { min: 0, max: mostBpp })),
      yAxis: levels.map((_, panel) => axis(panel, 'PSNR against the clean photo, dB', { scale: true })),
      series: levels.flatMap((sigma255, panel) => seriesOf(points, sigma255, panel)),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function axis(panel: number, name: string, extent: object): object {
  return {
    gridIndex: panel,
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 32,
    axisLine: { show: true },
    ...extent,
  };
}

function seriesOf(points: readonly Point[], sigma255: number, panel: number): object[] {
  const shown = points.filter((point) => point.sigma255 === sigma255 && point.bpp <= mostBpp);
  return [...new Set(shown.map(({ method }) => method))].map((method) => {
    const curve = shown.filter((point) => point.method === method);
    const { name, colour, dash } = looks[method] ?? { name: method, colour: '#444444', dash: 'solid' };
    return {
      type: 'line',
      name,
      xAxisIndex: panel,
      yAxisIndex: panel,
      symbolSize: 5,
      lineStyle: { type: dash, width: method === 'model' ? 3 : 1.8 },
      itemStyle: { color: colour },
      data: curve.map(({ bpp, psnr }) => [bpp, psnr]).sort(([a = 0], [b = 0]) => a - b),
    };
  });
}
