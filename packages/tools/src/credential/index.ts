export { configFields, credentialType } from "./fields.ts";
export { secretValues } from "./secret-values.ts";
export {
  type AnswerOptions,
  answer,
  form,
  readToken,
  request,
  type Token,
  type TokenHost,
  textField,
} from "./token/exchange.ts";
export { applicationDefault, type GoogleRequest, googleToken } from "./token/google.ts";
export { producesToken, produceToken } from "./token/produce.ts";
