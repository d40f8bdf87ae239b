//! Arrows, Home and End.

use super::{
    Attempt, choice,
    events::{fire_change, fire_input},
    focus,
    guard::{self, Field},
    text::{self, Caret},
};
use js_sys::{Function, Reflect};
use saath_core::message::action::Outcome;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Moves the caret in text, the value of a number, the choice of a list.
pub(super) fn go(target: &Element, key: &str, backwards: bool, extend: bool) -> Attempt {
    match Field::of(target) {
        Field::Line(input) => move_caret(Caret::of_input(input)?, key, backwards, extend),
        Field::Area(area) => move_caret(Caret::of_area(area)?, key, backwards, extend),
        Field::Opaque(input) | Field::Picker(input)
            if matches!(input.type_().as_str(), "number" | "range") =>
        {
            step(&input, key)?;
        }
        Field::Select(select) if !select.multiple() => match key {
            "Home" | "End" => {}
            _ => choice::step(&select, backwards),
        },
        Field::Toggle(input) if input.type_() == "radio" => {
            let group = choice::group(&input);
            let able: Vec<_> =
                group.into_iter().filter(|other| guard::is_able(other).is_ok()).collect();
            let at = able.iter().position(|other| other.is_same_node(Some(&input))).unwrap_or(0);
            let next = if backwards { at + able.len() - 1 } else { at + 1 };
            if let Some(next) = able.get(next % able.len().max(1)) {
                focus::to(next);
                next.click();
            }
        }
        Field::Editable(host) => {
            let unit = match key {
                "ArrowUp" | "ArrowDown" => "line",
                "Home" | "End" => "lineboundary",
                _ => "character",
            };
            if let Some(selection) = text::selection_of(&host) {
                let alter = if extend { "extend" } else { "move" };
                let direction = if backwards { "backward" } else { "forward" };
                let _ = selection.modify(alter, direction, unit);
            }
        }
        _ => {}
    }
    Ok(())
}

fn move_caret(mut caret: Caret, key: &str, backwards: bool, extend: bool) {
    let value = caret.value();
    let newline = |unit: &u16| *unit == u16::from(b'\n');
    let from = if backwards { caret.start } else { caret.end } as usize;
    let line_start =
        |at: usize| value[..at].iter().rposition(newline).map_or(0, |newline| newline + 1);
    let line_end = |at: usize| {
        value[at..].iter().position(newline).map_or(value.len(), |newline| at + newline)
    };
    let from = from.min(value.len());
    let to = match key {
        "Home" => line_start(from),
        "End" => line_end(from),
        // Lines as written, not as wrapped.
        "ArrowUp" => match line_start(from) {
            0 => 0,
            start => {
                let above = line_start(start - 1);
                (above + (from - start)).min(start - 1)
            }
        },
        "ArrowDown" => match line_end(from) {
            end if end == value.len() => end,
            end => (end + 1 + (from - line_start(from))).min(line_end(end + 1)),
        },
        // A selection collapses to its end first.
        _ if caret.start != caret.end && !extend => from,
        _ => caret.beside(from as u32, backwards) as usize,
    } as u32;
    match (extend, backwards) {
        (false, _) => caret.select(to, to),
        (true, true) => caret.select(to, caret.end),
        (true, false) => caret.select(caret.start, to),
    }
}

fn step(input: &HtmlInputElement, key: &str) -> Attempt {
    if input.read_only() && input.type_() == "number" {
        return Err(Outcome::NotInteractive);
    }
    let range = input.type_() == "range";
    let before = input.value();
    let method = match key {
        "ArrowUp" => "stepUp",
        "ArrowDown" => "stepDown",
        "ArrowRight" if range => "stepUp",
        "ArrowLeft" if range => "stepDown",
        _ => return Ok(()),
    };
    if let Ok(method) = Reflect::get(input, &method.into())
        && let Some(method) = method.dyn_ref::<Function>()
    {
        let _ = method.call0(input);
    }
    if input.value() != before {
        fire_input(input, "", None);
        fire_change(input);
    }
    Ok(())
}
