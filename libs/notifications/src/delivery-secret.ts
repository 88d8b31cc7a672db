/** What only one recipient of a change may know. Sealed in its delivery, erased once the mail is sent or given up. */
export interface DeliverySecret {
  /** Six digits. */
  code?: string;
  /** Never shown: by it the code's life begins. */
  codeId?: string;
  cancelToken?: string;
  notMeToken?: string;
  undoToken?: string;
  resetToken?: string;
}
