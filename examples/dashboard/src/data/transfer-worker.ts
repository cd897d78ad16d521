/** The worker of `transferClient`. Vite bundles it as a file of its own. */
import 'kaggle-ts/browser/worker';
