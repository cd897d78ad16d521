import type { Handler } from './context.ts';
import { fields, page, text, texts, WireError } from './wire.ts';

export const hello: Handler = ({ user }) => {
  if (!user) throw new WireError(401, 'Unauthenticated');
  return { userName: user.username };
};

/** Searches the titles and slugs of datasets and kernels. No response of the API contains a session id. */
export const listEntities: Handler = ({ context, user, body }) => {
  const filters = body.filters === undefined ? {} : fields(body.filters, 'filters');
  const query = text(filters, 'query').toLowerCase();
  const types = texts(filters, 'documentTypes');
  const matches = (item: { title: string; slug: string; isPrivate: boolean; owner: string }) =>
    (!item.isPrivate || item.owner === user?.username) && `${item.title} ${item.slug}`.toLowerCase().includes(query);
  const wants = (type: string) => types.length === 0 || types.includes(type);
  const card = (owner: string) => ({ userName: owner, displayName: owner });
  const documents = [
    ...(wants('KERNEL')
      ? [...context.state.kernels.values()].filter(matches).map((kernel) => ({
          id: kernel.id,
          documentType: 'KERNEL',
          title: kernel.title,
          slug: kernel.slug,
          isPrivate: kernel.isPrivate,
          ownerUser: card(kernel.owner),
          kernelDocument: {},
        }))
      : []),
    ...(wants('DATASET')
      ? [...context.state.datasets.values()].filter(matches).map((dataset) => ({
          id: dataset.id,
          documentType: 'DATASET',
          title: dataset.title,
          slug: dataset.slug,
          isPrivate: dataset.isPrivate,
          ownerUser: card(dataset.owner),
          datasetDocument: {},
        }))
      : []),
  ];
  const { items, nextPageToken } = page(documents, body);
  return { documents: items, totalDocuments: documents.length, nextPageToken: nextPageToken ?? '' };
};
