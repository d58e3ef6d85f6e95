import type { ServerResponse } from 'node:http';

/** Until the client has read some of it, or is gone. */
export function roomToWrite(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      response.off('drain', goOn).off('close', goOn);
      resolve();
    };
    response.on('drain', goOn).on('close', goOn);
  });
}
