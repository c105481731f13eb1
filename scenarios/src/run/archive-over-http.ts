import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Alert, WindowDocument, WindowSettings } from '@gaitway/contract';
import { AuditError } from '@gaitway/simulator';
import type { ToldOfPipeline } from './pipeline-of-run.ts';

/** What a target's HTTP API could not or would not tell. */
export class TargetFault extends Error {
  override name = 'TargetFault';
  /** The HTTP status that it answered, if it answered one of failure. */
  readonly status: number | undefined;

  constructor(says: string, status?: number) {
    super(says);
    this.status = status;
  }
}

/** What a run needs to know of its target before it starts. */
export interface TargetSettings extends ToldOfPipeline {
  window: WindowSettings;
  durability?: { level: string; known: string; detail: string };
  stores?: { log: string; archive: string; cache: string };
}

interface ClosingProgress {
  id: string;
  done: boolean;
}

const PAGE = 500;
const ALERTS_PAGE = 1000;
/** More alerts than that are no alerts; a target that always has a next page must not fill our memory. */
const ALERTS_MAX = 1_000_000;
/** Closing is asked about at this distance at first, and then at ever longer ones: answering takes time from it. */
const POLL_FIRST_MS = 200;
const POLL_MOST_MS = 2000;

/** The HTTP API of a target, as far as a run needs it, with an operator's token. */
export class ArchiveOverHttp {
  private readonly url: string;
  private readonly headers: Record<string, string>;
  private unclosed: string | undefined = 'nobody asked the target to close them';

  constructor(url: string, operatorToken: string) {
    this.url = url.replace(/\/$/, '');
    this.headers = { authorization: `Bearer ${operatorToken}` };
  }

  /** Why windows may still be open; `undefined`: all that were open are archived. */
  get notClosedBecause(): string | undefined {
    return this.unclosed;
  }

  async settings(): Promise<TargetSettings> {
    const response = await this.ask('GET', '/v1/settings');
    return (await response.json()) as TargetSettings;
  }

  /** Has every open window closed, and resolves when they are archived; rejects when `limitMs` have passed. */
  async closeOpenWindows(limitMs: number, wait: (ms: number) => Promise<void>): Promise<void> {
    this.unclosed = 'it is under way';
    try {
      await this.untilClosed(limitMs, wait);
      this.unclosed = undefined;
    } catch (error) {
      this.unclosed = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  private async untilClosed(limitMs: number, wait: (ms: number) => Promise<void>): Promise<void> {
    let progress = (await (
      await this.ask('POST', '/v1/control/close-open-windows')
    ).json()) as ClosingProgress;
    let waitMs = POLL_FIRST_MS;
    for (let waitedMs = 0; !progress.done; ) {
      if (waitedMs >= limitMs)
        throw new TargetFault(`open windows were not all archived within ${limitMs / 1000} s`);
      const nextMs = Math.min(waitMs, limitMs - waitedMs);
      await wait(nextMs);
      waitedMs += nextMs;
      waitMs = Math.min(POLL_MOST_MS, waitMs * 1.5);
      const path = `/v1/control/close-open-windows?id=${encodeURIComponent(progress.id)}`;
      progress = (await (await this.ask('GET', path)).json()) as ClosingProgress;
    }
  }

  /**
   * Every document whose window starts in [fromMs, toMs), by patient and start, in pages. Throws {@link TargetFault}
   * when it breaks off, and {@link AuditError} for a line that is no JSON.
   */
  async *windows(fromMs: number, toMs: number): AsyncIterable<WindowDocument[]> {
    const path = `/v1/export/windows?from=${fromMs}&to=${toMs}`;
    const response = await this.ask('GET', path);
    if (response.body === null) return;
    let page: WindowDocument[] = [];
    let lines = 0;
    for await (const line of linesOf(response.body, `GET ${this.url}${path}`)) {
      lines++;
      if (line === '') continue;
      page.push(documentOf(line, lines, this.url + path));
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** Every alert of [fromMs, toMs), newest first. Throws {@link TargetFault} where the target does not tell. */
  async alerts(fromMs: number, toMs: number): Promise<Alert[]> {
    const alerts: Alert[] = [];
    const range = `from=${Math.floor(fromMs)}&to=${Math.ceil(toMs)}&limit=${ALERTS_PAGE}`;
    for (let cursor: string | null = ''; cursor !== null; ) {
      const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const response = await this.ask('GET', `/v1/alerts?${range}${after}`);
      const page = (await response.json()) as { alerts: Alert[]; nextCursor: string | null };
      alerts.push(...page.alerts);
      if (alerts.length > ALERTS_MAX)
        throw new TargetFault(`it has more than ${ALERTS_MAX} alerts of this run`);
      cursor = page.nextCursor;
    }
    return alerts;
  }

  private async ask(method: string, path: string): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.url + path, { method, headers: this.headers });
    } catch (error) {
      throw new TargetFault(`${method} ${this.url}${path}: ${causeOf(error)}`);
    }
    if (response.ok) return response;
    const body = await response.text();
    const { status } = response;
    throw new TargetFault(`${method} ${this.url}${path} answered ${status}: ${body.slice(0, 300)}`, status);
  }
}

async function* linesOf(body: ReadableStream, request: string): AsyncIterable<string> {
  const input = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  let lines = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines++;
      yield line;
    }
  } catch (error) {
    throw new TargetFault(`${request} broke off after ${lines} lines: ${causeOf(error)}`);
  }
}

function documentOf(line: string, number: number, url: string): WindowDocument {
  try {
    return JSON.parse(line) as WindowDocument;
  } catch {
    throw new AuditError(
      'archive_malformed',
      `line ${number} of ${url} is no JSON, but should be a window document: ${JSON.stringify(line.slice(0, 80))}`,
    );
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}
