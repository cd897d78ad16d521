export { WebhookError } from './error.ts';
export type { WebhookSecret } from './secret.ts';
export { type SendWebhookOptions, sendWebhook, type WebhookMessage } from './send.ts';
export { signWebhook, type WebhookContent, type WebhookHeaders } from './sign.ts';
export { type ReceivedWebhook, type VerifiedWebhook, type VerifyWebhookOptions, verifyWebhook } from './verify.ts';
