/** How those fare who suffer from a fault: served again, or what they complain of. */
export type Sufferer = { readonly served: boolean; readonly complaint: string };
