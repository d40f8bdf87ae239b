//! Pictures: cut out, painted over and compared, pixel by pixel or by the block.

use anyhow::{Result, ensure};

/// Red, green and blue, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

/// A part of a picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// To the right of `x`.
    pub width: f64,
    /// Down from `y`.
    pub height: f64,
}

impl Picture {
    /// Reads a PNG file.
    ///
    /// # Errors
    /// When it is none.
    pub fn decode(file: &[u8]) -> Result<Self> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().unwrap_or_default()];
        let info = reader.next_frame(&mut bytes)?;
        let channels = info.color_type.samples();
        ensure!(channels >= 3, "a picture without colours");
        bytes.truncate(info.buffer_size());
        let pixels = bytes.chunks_exact(channels).map(|p| [p[0], p[1], p[2]]).collect();
        Ok(Self { width: info.width as usize, height: info.height as usize, pixels })
    }

    /// As a PNG file.
    ///
    /// # Errors
    /// When it has no pixels.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let (width, height) = (u32::try_from(self.width)?, u32::try_from(self.height)?);
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        Ok(file)
    }

    /// A part of it.
    ///
    /// # Errors
    /// When that is not inside, or not at whole pixels.
    pub fn crop(&self, area: Area) -> Result<Self> {
        let whole = |side: f64| side >= 0.0 && side.fract() == 0.0;
        let Area { x, y, width, height } = area;
        ensure!([x, y, width, height].into_iter().all(whole), "{area:?} is not at whole pixels");
        let (x, y, width, height) = (side(x), side(y), side(width), side(height));
        ensure!(
            x + width <= self.width && y + height <= self.height,
            "{area:?} is not in {}×{} pixels",
            self.width,
            self.height
        );
        let rows = (y..y + height).map(|row| row * self.width + x);
        let pixels = rows.flat_map(|at| self.pixels[at..at + width].iter().copied()).collect();
        Ok(Self { width, height, pixels })
    }

    /// Makes a part of it grey; what of that lies outside is nothing.
    pub fn paint(&mut self, area: Area) {
        let clamp = |at: f64, most: usize| side(at.clamp(0.0, 1e6)).min(most);
        let (left, top) = (clamp(area.x.floor(), self.width), clamp(area.y.floor(), self.height));
        let right = clamp((area.x + area.width).ceil(), self.width);
        let bottom = clamp((area.y + area.height).ceil(), self.height);
        for row in top..bottom {
            self.pixels[row * self.width + left..row * self.width + right.max(left)]
                .fill([128, 128, 128]);
        }
    }

    /// The share of pixels that differ by more than `tone` of 255 in a channel.
    #[must_use]
    pub fn differs(&self, other: &Self, tone: u8) -> f64 {
        self.share(other, |a, b| far(a, b, tone))
    }

    /// The share of blocks of so many pixels a side whose mean differs by more than `bound` of 255
    /// in a channel: what two engines, that smooth letters each in its own way, can be held to.
    #[must_use]
    pub fn differs_by_block(&self, other: &Self, block: usize, bound: u8) -> f64 {
        self.blocks(block).share(&other.blocks(block), |a, b| far(a, b, bound))
    }

    /// What is the same in pale, what is not in red.
    #[must_use]
    pub fn difference(&self, other: &Self, tone: u8) -> Self {
        let show = |a: &[u8; 3], b: &[u8; 3]| {
            if far(a, b, tone) { [220, 0, 0] } else { a.map(|channel| 192 + channel / 4) }
        };
        let pixels = self.pixels.iter().zip(&other.pixels).map(|(a, b)| show(a, b)).collect();
        Self { width: self.width, height: self.height, pixels }
    }

    fn share(&self, other: &Self, differ: impl Fn(&[u8; 3], &[u8; 3]) -> bool) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 1.0;
        }
        let count = self.pixels.iter().zip(&other.pixels).filter(|(a, b)| differ(a, b)).count();
        #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
        {
            count as f64 / self.pixels.len().max(1) as f64
        }
    }

    /// The mean colours of blocks of so many pixels a side; what is left over at the edges is not
    /// looked at.
    fn blocks(&self, block: usize) -> Self {
        let (width, height) = (self.width / block, self.height / block);
        let mean = |column: usize, row: usize| {
            let mut sum = [0_usize; 3];
            for y in row * block..(row + 1) * block {
                for x in column * block..(column + 1) * block {
                    for (sum, channel) in sum.iter_mut().zip(self.pixels[y * self.width + x]) {
                        *sum += usize::from(channel);
                    }
                }
            }
            sum.map(|sum| u8::try_from(sum / (block * block)).unwrap_or(u8::MAX))
        };
        let pixels = (0..height)
            .flat_map(|row| (0..width).map(move |column| (column, row)))
            .map(|(column, row)| mean(column, row))
            .collect();
        Self { width, height, pixels }
    }
}

fn far(a: &[u8; 3], b: &[u8; 3], bound: u8) -> bool {
    a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > bound)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a screen")]
fn side(pixels: f64) -> usize {
    pixels as usize
}
