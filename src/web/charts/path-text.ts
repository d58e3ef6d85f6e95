/**
 * Writes d3-shape's drawing as short SVG path data: whole units, relative coordinates. A tenth of the size of absolute
 * coordinates, and precise enough for drawings 1000 units high.
 */
export class PathText {
  #text = '';
  #x = 0;
  #y = 0;
  /** where `z` leads back to */
  #from = { x: 0, y: 0 };
  #command = '';

  moveTo(x: number, y: number): void {
    this.#step('m', x, y);
    this.#from = { x: this.#x, y: this.#y };
    // Coordinates after a move are lines.
    this.#command = 'l';
  }

  lineTo(x: number, y: number): void {
    this.#step('l', x, y);
  }

  /** The path of a single point, which round line ends turn into a dot. */
  closePath(): void {
    this.#text += 'z';
    this.#x = this.#from.x;
    this.#y = this.#from.y;
    this.#command = 'z';
  }

  toString(): string {
    return this.#text;
  }

  #step(command: string, x: number, y: number): void {
    const [toX, toY] = [Math.round(x), Math.round(y)];
    const [dx, dy] = [toX - this.#x, toY - this.#y];
    const name = this.#command === command && command === 'l' ? (dx < 0 ? '' : ' ') : command;
    this.#text += `${name}${dx}${dy < 0 ? '' : ' '}${dy}`;
    this.#x = toX;
    this.#y = toY;
    this.#command = command;
  }
}
