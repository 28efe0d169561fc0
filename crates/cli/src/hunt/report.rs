//! Where hits go.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use kizuna_app::{Clock as _, SystemClock};
use kizuna_hunt::input::Trouble;
use kizuna_hunt::output::{Language, Line, Page, Sightings, ecs, timeline};
use kizuna_hunt::sweep::{Hit, Sought, Summary};

use super::args::{Hunt, Lang};
use crate::desk::Desk;
use crate::fail::Fail;

/// A file that is written while the sweep runs.
struct Written {
    name: String,
    file: BufWriter<File>,
}

impl Written {
    fn create(path: &Path, desk: &Desk<'_>) -> Result<Self, Fail> {
        let name = path.display().to_string();
        // Said before the sweep: hours later would be too late.
        let file = File::create(desk.path(path)).map_err(|error| Fail::usage(format!("{name}: {error}")))?;
        Ok(Self { name, file: BufWriter::new(file) })
    }

    fn finish(mut self) -> Result<(), Fail> {
        self.file.flush().map_err(|error| Fail::work(format!("{}: {error}", self.name)))
    }
}

/// The files that a sweep writes beside standard output.
pub struct Outputs {
    timeline: Option<Written>,
    /// Hits that have no time and so no place on the timeline.
    timeless: u64,
    ecs: Option<Written>,
    page: Option<(Page, Written, Language)>,
    sightings: Option<(Sightings, Written, bool)>,
}

impl Outputs {
    pub fn open(hunt: &Hunt, desk: &Desk<'_>) -> Result<Self, Fail> {
        let create = |path: &Option<std::path::PathBuf>| {
            path.as_deref().map(|path| Written::create(path, desk)).transpose()
        };
        let mut timeline = create(&hunt.timeline)?;
        if let Some(written) = &mut timeline {
            timeline::head(&mut written.file)?;
        }
        let language = if hunt.lang == Lang::Ja { Language::Japanese } else { Language::English };
        Ok(Self {
            timeline,
            timeless: 0,
            ecs: create(&hunt.ecs)?,
            page: create(&hunt.html)?.map(|written| (Page::default(), written, language)),
            sightings: create(&hunt.report)?
                .map(|written| (Sightings::default(), written, hunt.report_assets)),
        })
    }

    pub fn hit(&mut self, hit: &Hit, sought: Sought<'_>, desk: &mut Desk<'_>) -> Result<(), Fail> {
        let line = Line::of(sought, hit);
        if desk.json {
            desk.print_json(&line)?;
        } else {
            desk.print(line.text())?;
        }
        if let Some(written) = &mut self.timeline {
            let placed = timeline::row(&line, &mut written.file)?;
            self.timeless += u64::from(!placed);
        }
        if let Some(written) = &mut self.ecs {
            serde_json::to_writer(&mut written.file, &ecs::document(&line))?;
            written.file.write_all(b"\n")?;
        }
        if let Some((page, ..)) = &mut self.page {
            page.hit(&line);
        }
        if let Some((sightings, ..)) = &mut self.sightings {
            sightings.hit(hit);
        }
        Ok(())
    }

    pub fn trouble(&mut self, trouble: &Trouble) {
        if let Some((page, ..)) = &mut self.page {
            page.trouble(trouble);
        }
    }

    pub fn finish(self, sought: Sought<'_>, summary: &Summary, desk: &mut Desk<'_>) -> Result<(), Fail> {
        if let Some(written) = self.timeline {
            if self.timeless > 0 {
                desk.say(format!("{}: {} hits have no time and are not on it", written.name, self.timeless))?;
            }
            written.finish()?;
        }
        if let Some(written) = self.ecs {
            written.finish()?;
        }
        if let Some((page, mut written, language)) = self.page {
            page.write(summary, language, &mut written.file)?;
            written.finish()?;
        }
        if let Some((sightings, mut written, assets)) = self.sightings {
            let bundle = sightings.bundle(sought, SystemClock.now(), assets);
            serde_json::to_writer_pretty(&mut written.file, &bundle)?;
            written.file.write_all(b"\n")?;
            let name = written.name.clone();
            written.finish()?;
            desk.say(format!(
                "{} sightings in {name}: read them; `kizuna sightings send {name} --to URL` sends them",
                sightings.count(sought)
            ))?;
        }
        Ok(())
    }
}
