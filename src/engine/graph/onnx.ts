import path from 'node:path';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { ClipsightError } from '../../shared/errors';
import type { Attribute, GraphContent, Initializer, Node } from './graph';
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './onnx_pb';
import type { Shape, StoredTensor, ValueType } from './value';

const irVersion = 9n;
const opset = 18n;

const dataTypes: Readonly<Record<ValueType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
  uint8: TensorProto_DataType.UINT8,
};

/**
 * The graph as an ONNX model. What no output needs is left out. Weights stay in their files: the model names the
 * file, relative to `folder`, and the byte range in it (ONNX's external data).
 *
 * @param folder absolute real path of a folder that holds all files of weights, itself or below.
 * @throws ClipsightError `checkpoint` if a tensor lies outside the folder.
 */
export function toOnnx(graph: GraphContent, folder: string): Uint8Array {
  const { nodes, initializers } = needed(graph);
  const model = create(ModelProtoSchema, {
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: 'clipsight',
      node: [...nodes.map(nodeProto), ...graph.outputs.map(({ name, value }) => naming(name, value.name))],
      initializer: initializers.map((initializer) => tensorProto(initializer, folder)),
      input: graph.inputs.map(({ name, type, shape }) => valueInfo(name, type, shape)),
      output: graph.outputs.map(({ name, value }) => valueInfo(name, value.type, value.shape)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

/** The nodes and constants that an output depends on. */
function needed({
  nodes,
  initializers,
  outputs,
}: GraphContent): Pick<GraphContent, 'nodes' | 'initializers'> {
  const names = new Set(outputs.map(({ value }) => value.name));
  const kept = nodes.toReversed().filter((node) => {
    const used = node.outputs.some((output) => names.has(output));
    if (used) for (const input of node.inputs) names.add(input);
    return used;
  });
  return { nodes: kept.reverse(), initializers: initializers.filter(({ value }) => names.has(value.name)) };
}

/** A graph's outputs have names of their own. */
function naming(output: string, value: string): MessageInitShape<typeof NodeProtoSchema> {
  return { opType: 'Identity', name: `output/${output}`, input: [value], output: [output] };
}

function nodeProto({
  op,
  name,
  inputs,
  outputs,
  attributes,
}: Node): MessageInitShape<typeof NodeProtoSchema> {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
  return { opType: op, name, input: [...inputs], output: outputs, attribute };
}

function attributeProto(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  const { FLOAT, INT, INTS, STRING } = AttributeProto_AttributeType;
  if (typeof value === 'number') return { name, type: INT, i: BigInt(value) };
  if (typeof value === 'string') return { name, type: STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: FLOAT, f: value.float };
  if ('type' in value) return { name, type: INT, i: BigInt(dataTypes[value.type]) };
  return { name, type: INTS, ints: value.map(BigInt) };
}

function tensorProto(initializer: Initializer, folder: string): MessageInitShape<typeof TensorProtoSchema> {
  const { name, type, shape } = initializer.value;
  const dims = shape.map(BigInt);
  const dataType = dataTypes[type];
  switch (initializer.kind) {
    case 'inline':
      return { name, dataType, dims, rawData: initializer.bytes };
    case 'stored': {
      const { tensor } = initializer;
      const externalData = [
        { key: 'location', value: location(tensor, folder) },
        { key: 'offset', value: `${tensor.offset}` },
        { key: 'length', value: `${tensor.length}` },
      ];
      return { name, dataType, dims, dataLocation: TensorProto_DataLocation.EXTERNAL, externalData };
    }
  }
}

/** ONNX Runtime, too, refuses what leaves the folder; it says so less clearly. */
function location({ file }: StoredTensor, folder: string): string {
  const relative = path.relative(folder, file);
  if (relative === '' || relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) {
    throw new ClipsightError(
      'checkpoint',
      `The weights in ${file} lie outside the folder ${folder}.`,
      'Put all files of a checkpoint into one folder.',
    );
  }
  return relative.split(path.sep).join(path.posix.sep);
}

function valueInfo(
  name: string,
  type: ValueType,
  shape: Shape,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((dimension) => ({
    value:
      typeof dimension === 'number'
        ? ({ case: 'dimValue', value: BigInt(dimension) } as const)
        : ({ case: 'dimParam', value: dimension } as const),
  }));
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes[type], shape: { dim } } } },
  };
}
