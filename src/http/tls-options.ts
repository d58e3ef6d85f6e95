import { readFileSync } from 'node:fs';
import { CanaryError, messageOf } from '../errors.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
}

/**
 * What Node's https server takes. Clients are asked for a certificate where an authority for them is configured; one
 * without is let in all the same, and is nobody.
 *
 * @throws CanaryError CONFIGURATION_INVALID naming the field and the file
 */
export function tlsOptions({ certFile, keyFile, clientCaFile }: TlsFiles) {
  const certificate = { cert: readPem('certFile', certFile), key: readPem('keyFile', keyFile) };
  if (clientCaFile === undefined) return certificate;
  return { ...certificate, ca: readPem('clientCaFile', clientCaFile), requestCert: true, rejectUnauthorized: false };
}

function readPem(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CanaryError('CONFIGURATION_INVALID', `server.tls.${field}: ${file} cannot be read: ${messageOf(error)}`);
  }
}
