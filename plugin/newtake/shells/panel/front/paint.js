// Painting over a picture at its full size: strokes on a layer of their own, undone and redone.
//
// The picture below is never changed: the eraser takes away paint, and brings the picture back.

// One stroke: {tool: "brush"|"eraser", colour, size, points: [[x, y, pressure]]} in picture pixels.
export function createPainting(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d");
  const layer = new OffscreenCanvas(picture.width, picture.height);
  const paint = layer.getContext("2d");
  let strokes = [];
  let undone = [];
  let current = null;

  function compose() {
    context.globalCompositeOperation = "copy";
    context.drawImage(picture, 0, 0);
    context.globalCompositeOperation = "source-over";
    context.drawImage(layer, 0, 0);
  }

  // Pressure of pens only thins the line: a mouse says 0.5, which counts as full.
  const width = (stroke, pressure) => stroke.size * (pressure > 0 && pressure !== 0.5 ? Math.max(0.15, pressure) : 1);

  function draw(stroke, from) {
    paint.globalCompositeOperation = stroke.tool === "eraser" ? "destination-out" : "source-over";
    paint.strokeStyle = paint.fillStyle = stroke.colour;
    paint.lineCap = paint.lineJoin = "round";
    for (let at = from; at < stroke.points.length; at += 1) {
      const [x, y, pressure] = stroke.points[at];
      paint.beginPath();
      if (at === 0) {
        paint.arc(x, y, width(stroke, pressure) / 2, 0, Math.PI * 2);
        paint.fill();
        continue;
      }
      const [lastX, lastY] = stroke.points[at - 1];
      paint.lineWidth = width(stroke, pressure);
      paint.moveTo(lastX, lastY);
      paint.lineTo(x, y);
      paint.stroke();
    }
  }

  function redraw() {
    paint.globalCompositeOperation = "source-over";
    paint.clearRect(0, 0, layer.width, layer.height);
    for (const stroke of strokes) draw(stroke, 0);
    compose();
  }

  compose();
  return {
    begin(stroke, point) {
      current = { ...stroke, points: [point] };
      strokes.push(current);
      undone = [];
      draw(current, 0);
      compose();
    },
    extend(points) {
      if (!current) return;
      const from = current.points.length;
      current.points.push(...points);
      draw(current, from);
      compose();
    },
    end() { current = null; },
    undo() {
      if (current || !strokes.length) return;
      undone.push(strokes.pop());
      redraw();
    },
    redo() {
      if (current || !undone.length) return;
      strokes.push(undone.pop());
      redraw();
    },
    get canUndo() { return strokes.length > 0; },
    get canRedo() { return undone.length > 0; },
    // The colour that is seen at a place, as #rrggbb.
    colourAt(x, y) {
      const [red, green, blue] = context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
      return `#${[red, green, blue].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
    },
    // The picture with what was painted, as PNG of the full size.
    blob: () => new Promise((resolve) => canvas.toBlob(resolve, "image/png")),
  };
}
