/**
 * The worker of `transferWorker`: computes checksums and writes files of the origin private file system. Start it as a worker; it
 * exports nothing. The built file contains everything that it needs.
 *
 * @module
 */
import { serve } from './platform/browser/worker/serve.ts';

serve();
