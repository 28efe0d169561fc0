//! The ways in.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::Timestamp;
use kizuna_access::{Channel, Label, Principal};
use kizuna_stix::read::{Element, Limits, read};
use kizuna_stix::{Id, Object};
use kizuna_store::writer::Actor;

use super::giver::Giver;
use super::own::minted;
use super::plan::{Plan, plan};
use super::tally::Tally;
use super::unpack::unpack;
use super::{Delivery, Report, batches};
use crate::{AppError, Item, Node, warninglist};

impl Node {
    /// Takes in an envelope: a STIX bundle 2.0 or 2.1, a TAXII envelope, an array or one object, or a warninglist of
    /// MISP, gzipped or not.
    /// What cannot be accepted is quarantined with its reasons; the rest is stored and durable on return. What another
    /// node dated ahead of our clock is taken in later, when its time has come.
    ///
    /// # Errors
    /// When the input as a whole is no envelope, breaks a cap, or the caller may not write there. A target that the
    /// caller may not see is [`AppError::NotFound`].
    pub fn ingest(&self, who: &Principal, bytes: &[u8], delivery: &Delivery<'_>) -> Result<Report, AppError> {
        let giver = self.giver(who, delivery)?;
        let offered = self.now();
        let report = self.take_in(&giver, bytes, delivery)?;
        if report.quarantined > 0 && giver.is_node(&*self.directory()?) {
            let limits = delivery.limits.as_ref().unwrap_or(&self.limits);
            self.keep_given_early(who, read(&opened(bytes, limits)?, limits)?, delivery, offered)?;
        }
        Ok(report)
    }

    /// The same for the operator at the machine, who gives for the node's own member.
    pub fn import(&self, bytes: &[u8], delivery: &Delivery<'_>) -> Result<Report, AppError> {
        let giver = self.operator_giver(delivery)?;
        self.take_in(&giver, bytes, delivery)
    }

    /// What [`Node::ingest`] would do, storing nothing. What is known already counts as stored.
    pub fn dry_run(
        &self,
        who: &Principal,
        bytes: &[u8],
        delivery: &Delivery<'_>,
    ) -> Result<Report, AppError> {
        let giver = self.giver(who, delivery)?;
        self.pretend(&giver, bytes, delivery)
    }

    /// What [`Node::import`] would do.
    pub fn import_dry_run(&self, bytes: &[u8], delivery: &Delivery<'_>) -> Result<Report, AppError> {
        let giver = self.operator_giver(delivery)?;
        self.pretend(&giver, bytes, delivery)
    }

    /// Narrows the caller's member's own contributions to an object (all versions, or one) to that member: TAXII's
    /// DELETE. Says how many versions it covered.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the member has given nothing under this id that it can read.
    pub fn withdraw(&self, who: &Principal, id: &Id, version: Option<Timestamp>) -> Result<u64, AppError> {
        let reader = self.directory()?.reader(who, self.now())?;
        if !reader.may_write() {
            return Err(AppError::Forbidden("withdrawing takes a role and a key that may write".to_owned()));
        }
        // What a person may not read of the own member's contributions is neither found nor counted.
        let claims = self.read(who)?.claims(id)?;
        let is_meant = |claim: &&Item| {
            let is_version = version.is_none_or(|version| claim.versioned && claim.version == version);
            claim.source == who.member() && is_version
        };
        let meant: Vec<&Item> = claims.iter().filter(is_meant).collect();
        if meant.is_empty() {
            return Err(AppError::NotFound);
        }
        let is_wide = |claim: &&&Item| *claim.label != claim.label.only_own(who.member());
        let wide = meant.iter().filter(is_wide).count();
        // A recall travels under the label that is taken back: whoever gets it must understand that.
        let labels: HashSet<&Label> = meant.iter().filter(is_wide).map(|claim| &*claim.label).collect();
        for label in labels {
            self.store.writer().contribute(minted(label, who)?, Vec::new())?;
        }
        let actor = Actor::Person(who.person());
        self.store.writer().narrow(id, version, who.member(), actor)?;
        Ok(wide as u64)
    }

    /// Stores objects that this node wrote for the caller's member, under a label as it is.
    pub(crate) fn contribute(
        &self,
        who: &Principal,
        objects: &[Object],
        label: &Label,
    ) -> Result<Report, AppError> {
        let giver = self.giver(who, &Delivery::default())?;
        let way = Channel::exactly(label);
        let giver = self.on_way(giver, way)?;
        let mut bytes = Vec::from(*b"{\"objects\":[");
        for (index, object) in objects.iter().enumerate() {
            if index > 0 {
                bytes.push(b',');
            }
            bytes.extend_from_slice(object.canonical());
        }
        bytes.extend_from_slice(b"]}");
        self.take_in(&giver, &bytes, &Delivery::default())
    }

    pub(crate) fn take_in(
        &self,
        giver: &Giver,
        bytes: &[u8],
        delivery: &Delivery<'_>,
    ) -> Result<Report, AppError> {
        let mut plan = self.learned(giver, bytes, delivery)?;
        let arrived = std::mem::take(&mut plan.arrived);
        let mut tally = Tally::new(plan.total, delivery.items);
        let promise = self.promise(&arrived)?;
        let telling = std::mem::take(&mut plan.telling);
        batches::store(plan, &self.store.writer(), &mut tally, delivery.progress)?;
        self.settle(&arrived, promise)?;
        self.tell(&telling);
        Ok(tally.report())
    }

    fn pretend(&self, giver: &Giver, bytes: &[u8], delivery: &Delivery<'_>) -> Result<Report, AppError> {
        let plan = self.planned(giver, bytes, delivery)?;
        let mut tally = Tally::new(plan.total, delivery.items);
        batches::pretend(&plan, &mut tally);
        Ok(tally.report())
    }

    pub(super) fn planned(
        &self,
        giver: &Giver,
        bytes: &[u8],
        delivery: &Delivery<'_>,
    ) -> Result<Plan, AppError> {
        let limits = delivery.limits.as_ref().unwrap_or(&self.limits);
        let envelope = opened(bytes, limits)?;
        let elements = read(&envelope, limits)?;
        plan(giver, &envelope, elements, self)
    }

    /// The same, after what the envelope says of keys is recorded.
    fn learned(&self, giver: &Giver, bytes: &[u8], delivery: &Delivery<'_>) -> Result<Plan, AppError> {
        let limits = delivery.limits.as_ref().unwrap_or(&self.limits);
        let envelope = opened(bytes, limits)?;
        let elements = read(&envelope, limits)?;
        let objects = elements.iter().filter_map(|element| match element {
            Element::Object(object) => Some(&**object),
            Element::Refused(_) => None,
        });
        self.learn_keys(giver, objects)?;
        plan(giver, &envelope, elements, self)
    }
}

/// The envelope, out of what it is packed in; a warninglist as the envelope that it becomes.
fn opened<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>, AppError> {
    let envelope = unpack(bytes, limits)?;
    let made = warninglist::envelope(&envelope)?;
    Ok(made.map_or(envelope, Cow::Owned))
}

/// Stores a plan that was made before, durably.
pub(crate) fn store_plan(node: &Node, mut plan: Plan) -> Result<(), AppError> {
    let arrived = std::mem::take(&mut plan.arrived);
    let mut tally = Tally::new(plan.total, 0);
    let promise = node.promise(&arrived)?;
    let telling = std::mem::take(&mut plan.telling);
    batches::store(plan, &node.store.writer(), &mut tally, None)?;
    node.settle(&arrived, promise)?;
    node.tell(&telling);
    Ok(())
}
