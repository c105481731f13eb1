import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a call asked for. */
export interface ChatCall {
  path: string;
  headers: IncomingMessage['headers'];
  body: {
    model: string;
    messages: { role: string; content: string }[];
    response_format: unknown;
    max_tokens: number;
  };
}

type Play = (response: ServerResponse, call: ChatCall) => void;

/** A model API on a port of this machine that answers as it is told, over real sockets. */
export class ChatApiUnderTest {
  readonly calls: ChatCall[] = [];
  /** How the next calls are answered; never changed by itself. */
  play: Play = () => {};
  private readonly server = createServer((request, response) => void this.answer(request, response));
  private arrived: (() => void)[] = [];

  static async start(): Promise<ChatApiUnderTest> {
    const api = new ChatApiUnderTest();
    api.server.listen(0, '127.0.0.1');
    await once(api.server, 'listening');
    return api;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Resolves when the next call has been read. */
  call(): Promise<void> {
    return new Promise((resolve) => this.arrived.push(resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatCall['body'];
    const call: ChatCall = { path: request.url ?? '', headers: request.headers, body };
    this.calls.push(call);
    this.play(response, call);
    for (const resolve of this.arrived.splice(0)) resolve();
  }
}

/** Answers with these sentences, as the API wraps them. */
export const says =
  (sentences: readonly unknown[], usage: unknown = { prompt_tokens: 2500, completion_tokens: 300 }): Play =>
  (response) =>
    saysText(JSON.stringify({ sentences }), usage)(response);

export const saysText =
  (content: string, usage?: unknown) =>
  (response: ServerResponse): void => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage }));
  };

export const fails =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = '{"error":{}}'): Play =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
