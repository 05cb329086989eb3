/** The state of an affected user: served again, or with an error. */
export type Sufferer = { readonly served: boolean; readonly complaint: string };
