export const usage = `clipsight attribute <image>… --prompt <text>… [options]
clipsight compare <image>… --prompt <text> --prompt <text>… [options]
clipsight faithfulness <image or folder>… --prompt <text>… [options]
clipsight words <image> --prompt <text> [options]
clipsight index <folder>… [options]
clipsight latent <number> [options]
clipsight search <text> [options]
clipsight search --image <file> [options]
clipsight match --prompt <text>… [options]
clipsight ablate <image>… --prompt <text>… --latents <a,b…> [options]
clipsight ablate --library <file> --latents <a,b…> [options]
clipsight audit --prompts-file <file> [options]
clipsight probe fit --out <file> [options]
clipsight probe show <file> [--json]
clipsight export --parquet <folder> [--library <file>]
clipsight import <folder>… [--library <file>]
clipsight prompts <file> [--json]
clipsight inspect <model or dictionary> [--json]
clipsight download <model or dictionary> [--kind model|dictionary]
clipsight export <dictionary> <folder> [--model <model>] [--layer <n>] [--tokens <which>]

A model or dictionary is a folder, a file, or an id of the Hugging Face hub (owner/name, owner/name@revision,
owner/name/path). Dictionaries that need no file: neurons:<layer>, heads:<layer>.

attribute, compare, faithfulness, words, index, latent, search, match, ablate and audit are about one model and one
dictionary:

  --model <model>         CLIP checkpoint                               (default: the bundled emoji-clip)
  --dictionary <…>        sparse autoencoder, neurons or heads          (default: the bundled sae-cls;
                          with --model: the neurons of the last block but one)
  --layer <n>             block whose output is decomposed, from 0; negative counts from the end
  --tokens <which>        cls, patches or all
  --accept-poor           use the dictionary though it reconstructs the model badly
  --device <device>       where the model runs: auto, webgpu, cuda, directml, coreml or cpu     (default: auto, the
                          first that is there, gives what the CPU gives and is faster)
  --precision <which>     fp32, or fp16 on any device but the CPU                               (default: fp32)
  --json                  print one JSON object

attribute shows which latent components of CLIP make an image match a prompt.

  --prompt <text>         a prompt; repeat for several
  --prompts-file <file>   prompts, one per line (# comments) or a JSON array
  --template <text>       a template with {} for the prompt; several are averaged
  --versus <text>         score every prompt against this one: the difference of the two
  --top <n>               components listed per result                  (default: 20)

compare puts prompts side by side, over one image or the mean of several: scores, the components that matter to any of
them, what separates the best prompt from the next, how alike the prompts are.

  --prompt <text>, --prompts-file <file>, --template <text>     as above
  --versus <text>         tell the best prompt apart from this one      (default: from the next best)
  --top <n>               components of each prompt; 0: scores alone    (default: 5)
  --library <file>        name components by a library; with --judge, --concepts and --no-nouns as below

faithfulness says how well methods order components: y while components are taken out of the model, or put into it,
in the order of each method's values; the area under that curve; the rank correlation with exact ablation.

  --prompt <text>         score every image against it; repeat for several
  --class-prompt <text>   score every image against this, with its folder's name for {}
  --method <name>         one of the methods below; repeat for several; random and ablation always come along
                          (default: all of activation-gradient, integrated-gradients, logit-lens,
                          activation-logit-lens, energy, random, ablation)
  --steps <n>             points of a curve beside the first            (default: 16)
  --order <which>         local: each image its own order; global: one for all images of a prompt
                          (default: local)

words says which words of a prompt made its similarity with an image, and which components answer to which of them:
what is lost when a word is left out, and its integrated gradients.

  --prompt <text>         the prompt
  --latents <a,b…>        components, by number
  --top <n>               instead: those with the largest attributions  (default: 5)

index brings a library up to date with the images of folders: new and changed ones are computed, what is gone is
forgotten, images of other folders stay. Stopped at any moment, it goes on where it was when it is run again.

  --library <file>        the library             (default: .clipsight/library.duckdb in the current folder)
  --judge <model>         a CLIP that says what images show, or self: the model under study
                          (default: the bundled emoji-judge for the bundled model, else self)
  --include <glob>        take only such files, relative to the folder; repeat for several
  --exclude <glob>        leave out such files or folders; repeat for several
  --contributions <GB>    keep contribution vectors up to that size, or none of them       (default: 10)
  --progress              lines of progress, even where nobody looks at the terminal

latent tells what is known of a latent component from the library: its label, its scores and the images in which it
is most active. search finds components by meaning and name, or those that are active in an image. Both take
--library and --judge as index does.

  --concepts <file>       texts that components are named by, as in --prompts-file; repeat for several
  --no-nouns              name them by no others (default: by the bundled list of nouns, too)
  --prompt <text>         (latent) how much does this prompt rely on it? repeat for several
  --top <n>               images, or components                         (default: 20)

match lists the images of a library (--library) that match prompts best and worst, by the model's embeddings that the
library keeps.

  --prompt <text>         a prompt; repeat for several
  --most <n>              images at each end                            (default: 5)

ablate switches components off, or scales them, and runs the model so: what becomes of the similarity of images with
prompts, or of the classes of all images of a library, whose class folders are the classes.

  --latents <a,b…>        components, by number
  --scale <factor>        what their activations are multiplied by, to 10      (default: 0, which removes them)
  --intervention <name>   instead: one of .clipsight/interventions.json in the current folder
  --prompt <text>         score the images against it; repeat for several
  --library <file>        all images of a library
  --class-prompt <text>   a prompt with {} for the name of a class             (default: a photo of a {})
  --top <n>               components listed per result                         (default: 0)
                          with --library: images that change class             (default: 20)

audit finds what prompts rely on that they do not say, over the images of a library: those of the class folders that a
prompt names, else its best matches. It takes --library, --judge and --no-nouns as above. docs/audit.md says how it is
tested.

  --prompts-file <file>   prompts, one per line or a JSON array of strings, or of objects: {"prompt", "folders",
                          "images", "expected", "templates"}, all but the first as wanted
  --prompt <text>, --template <text>                            as above
  --probe <file>          a linear probe (safetensors, npz, JSON): each class beside the prompt of its class
  --class-template <text> that prompt, with {} for the name of the class       (default: a photo of a {})
  --most <n>              images of a prompt that names no class folder        (default: 50)
  --concepts <file>       texts that components are named by; a JSON object from prompts (* for anything) to concepts
                          declares besides what they may rely on; repeat for several
  --nuisances <file>      what no prompt should rely on    (default: a watermark, a border, a background, written text)
  --decisions <file>      what was decided about findings             (default: decisions.json beside the library)
  --margin <share>        a finding is above what is expected by more than this, of 1           (default: 0.01)
  --level <share>         false findings among all findings, at most, in expectation            (default: 0.05)
  --no-confirm            do not confirm findings by switching components off
  --against-model <…>, --against-dictionary <…>, --against-layer <n>, --against-tokens <which>
                          the same prompts by another model or dictionary, side by side
  --report <file>         a report, by its ending .html, .md or .json; repeat for several
  --fail-on <which>       end with 1 for findings that are new (nobody decided about them) or of score>=<number>; what
                          was decided to be expected does not count; repeat for several

probe fit fits a linear probe on the class folders of a library (--library): multinomial logistic regression with an
L2 penalty on the normalised embeddings of the model. probe show tells what a file of a probe says: safetensors, npz or
JSON.

  --out <file>            where it is written: .json or .safetensors
  --folder <name>         a class folder; repeat for several                   (default: all of the library)
  --held-out <share>      images of each class that judge the fit              (default: 0.25)
  --c <a,b…>              inverse strengths of the penalty; the one that does best on the held-out images is taken
                          (default: 0.1,1,10,100)
  --seed <n>              which images are held out                            (default: 0)
  --name <name>           what the probe is called                             (default: as its file)

export --parquet writes all of a library to a folder of Parquet files, a shard; import adds shards to a library, which
it makes if there is none: images indexed in several places give the library of one run over all.

prompts prints what the editor would find in a file, without an engine: text, place in UTF-16 code units, group and
kind of each prompt, and the paths of images.

  --name <pattern>        names whose strings are prompts, too; * for anything; repeat for several
  --call <pattern>        functions that give their first argument to a text encoder, too; repeat for several
  --list <glob>           text files that are lists of prompts, too; repeat for several

inspect prints what a model or dictionary is, without loading or downloading its weights.

download brings a model or dictionary of the hub into the cache that Python shares, and prints where it lies there.
The other commands do so by themselves for what is missing.

  --kind <kind>           model or dictionary               (default: what its configuration and headers say)

export of a dictionary writes it, of any format, in Clipsight's own. The model is needed where only a test on its
activations can tell how the file is meant; layer and tokens, where the files do not say where it was trained.

  --version, --help
`;
