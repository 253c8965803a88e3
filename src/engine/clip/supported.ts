/** The remedy where a model is refused for what it is. */
export const supportedModels =
  'Supported are CLIP and SigLIP models with a vision transformer: of Hugging Face (CLIPModel, SiglipModel), of ' +
  "open_clip (its own towers, and timm's ViTs that SigLIP uses), and OpenAI's originals (ViT-B/32 to ViT-L/14@336px).";
