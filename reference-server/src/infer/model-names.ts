/** The built-in model that answers unless another one is asked for; its file is `models/NAME.json`. */
export const MODEL_VERSION = 'second-1';
