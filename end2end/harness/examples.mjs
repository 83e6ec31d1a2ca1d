// One of each thing that has a page of its own.

export async function examples({ server, alert, failedTask }) {
  const { items } = await server.api("/workers?limit=100");
  const worker = items.find(({ gpus }) => gpus?.length > 0) ?? items[0];
  return { worker: worker.worker_id, alert, failedTask };
}
