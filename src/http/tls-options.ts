import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
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

/**
 * Reads the files again. @returns hands them to new connections; those that are open keep theirs
 * @throws CanaryError CONFIGURATION_INVALID when they cannot be used
 */
export function certificateRenewal({ server }: { readonly server: unknown }, tls: TlsFiles | undefined): () => void {
  if (tls === undefined) return () => {};
  const options = tlsOptions(tls);
  try {
    createSecureContext(options);
  } catch (error) {
    const files = `${tls.certFile} and ${tls.keyFile}`;
    throw new CanaryError('CONFIGURATION_INVALID', `server.tls: ${files} cannot be used: ${messageOf(error)}`);
  }
  return () => (server as Server).setSecureContext(options);
}

function readPem(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CanaryError('CONFIGURATION_INVALID', `server.tls.${field}: ${file} cannot be read: ${messageOf(error)}`);
  }
}
