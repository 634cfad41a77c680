/** A delivery as the provider makes it. */
export interface Handed {
  body: string;
  headers: Readonly<Record<string, string>>;
}

/**
 * Stands where the internet stands: hands many deliveries at once to the service's public door, so
 * that thousands do not each have to pass through wrangler's own proxy. Answers their statuses.
 */
export default {
  async fetch(request: Request, env: { SERVICE: Fetcher }): Promise<Response> {
    if (request.method !== "POST") return new Response("ready");
    const handed = await request.json<Handed[]>();
    const statuses = await Promise.all(
      handed.map(async ({ body, headers }) => {
        const url = "http://billing.test/webhooks/lemonsqueezy";
        const response = await env.SERVICE.fetch(url, { method: "POST", headers, body });
        await response.arrayBuffer();
        return response.status;
      }),
    );
    return Response.json(statuses);
  },
};
