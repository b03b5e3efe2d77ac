// Runs the engine, a WebAssembly program that reads a request from its standard input and writes the answer to its standard
// output. Each question gets a fresh instance, so that nothing is left over from the last one.

let engine;

onmessage = async ({ data }) => {
  if (data.engine) {
    engine = WebAssembly.compile(data.engine);
    return;
  }
  const { id, request } = data;
  try {
    postMessage({ id, answer: JSON.parse(await run(JSON.stringify(request))) });
  } catch (error) {
    postMessage({ id, answer: { error: { key: null, message: String(error) } } });
  }
};

async function run(input) {
  const system = new System(new TextEncoder().encode(input));
  const instance = await WebAssembly.instantiate(await engine, { wasi_snapshot_preview1: system.functions() });
  system.memory = instance.exports.memory;
  try {
    instance.exports._start();
  } catch (error) {
    if (error !== system) throw new Error(system.errors() || error);
  }
  return system.output();
}

// The part of the WebAssembly System Interface (preview 1) that a program needs which reads, writes and ends.
class System {
  constructor(input) {
    this.input = input;
    this.read = 0;
    this.written = { 1: [], 2: [] };
  }

  output() { return this.text(1); }
  errors() { return this.text(2); }
  text(file) { return new TextDecoder().decode(Uint8Array.from(this.written[file].flatMap((bytes) => [...bytes]))); }
  view() { return new DataView(this.memory.buffer); }

  // Calls `use` with each of the buffers that an array of addresses and lengths names, and returns the sum of its results.
  each(vectors, count, use) {
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      const [address, length] = [0, 4].map((offset) => this.view().getUint32(vectors + 8 * index + offset, true));
      sum += use(new Uint8Array(this.memory.buffer, address, length));
    }
    return sum;
  }

  functions() {
    const BAD_FILE = 8, NOT_SUPPORTED = 52;
    const sizes = (count, bytes) => {
      this.view().setUint32(count, 0, true);
      this.view().setUint32(bytes, 0, true);
      return 0;
    };
    const known = {
      args_get: () => 0,
      args_sizes_get: sizes,
      environ_get: () => 0,
      environ_sizes_get: sizes,
      fd_read: (file, vectors, count, result) => {
        if (file !== 0) return BAD_FILE;
        const length = this.each(vectors, count, (buffer) => {
          const part = this.input.subarray(this.read, this.read + buffer.length);
          buffer.set(part);
          this.read += part.length;
          return part.length;
        });
        this.view().setUint32(result, length, true);
        return 0;
      },
      fd_write: (file, vectors, count, result) => {
        if (!this.written[file]) return BAD_FILE;
        const length = this.each(vectors, count, (buffer) => this.written[file].push(buffer.slice()) && buffer.length);
        this.view().setUint32(result, length, true);
        return 0;
      },
      random_get: (address, length) => {
        crypto.getRandomValues(new Uint8Array(this.memory.buffer, address, length));
        return 0;
      },
      proc_exit: () => { throw this; },
    };
    return new Proxy(known, { get: (target, name) => target[name] ?? (() => NOT_SUPPORTED) });
  }
}
