"""The tables that FreeSurfer writes of many people, with the headings that it gives them."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pandas as pd


def _listed(words: str) -> list[str]:
    """Return the words of several lines."""
    return words.split()


DESIKAN_KILLIANY = _listed(
    "bankssts caudalanteriorcingulate caudalmiddlefrontal cuneus entorhinal fusiform inferiorparietal inferiortemporal "
    "isthmuscingulate lateraloccipital lateralorbitofrontal lingual medialorbitofrontal middletemporal parahippocampal "
    "paracentral parsopercularis parsorbitalis parstriangularis pericalcarine postcentral posteriorcingulate "
    "precentral precuneus rostralanteriorcingulate rostralmiddlefrontal superiorfrontal superiorparietal "
    "superiortemporal supramarginal frontalpole temporalpole transversetemporal insula"
)
DESTRIEUX = _listed(
    "G&S_frontomargin G&S_occipital_inf G&S_paracentral G&S_subcentral G&S_transv_frontopol G&S_cingul-Ant "
    "G&S_cingul-Mid-Ant G&S_cingul-Mid-Post G_cingul-Post-dorsal G_cingul-Post-ventral G_cuneus G_front_inf-Opercular "
    "G_front_inf-Orbital G_front_inf-Triangul G_front_middle G_front_sup G_Ins_lg&S_cent_ins G_insular_short "
    "G_occipital_middle G_occipital_sup G_oc-temp_lat-fusifor G_oc-temp_med-Lingual G_oc-temp_med-Parahip G_orbital "
    "G_pariet_inf-Angular G_pariet_inf-Supramar G_parietal_sup G_postcentral G_precentral G_precuneus G_rectus "
    "G_subcallosal G_temp_sup-G_T_transv G_temp_sup-Lateral G_temp_sup-Plan_polar G_temp_sup-Plan_tempo "
    "G_temporal_inf G_temporal_middle Lat_Fis-ant-Horizont Lat_Fis-ant-Vertical Lat_Fis-post Pole_occipital "
    "Pole_temporal S_calcarine S_central S_cingul-Marginalis S_circular_insula_ant S_circular_insula_inf "
    "S_circular_insula_sup S_collat_transv_ant S_collat_transv_post S_front_inf S_front_middle S_front_sup "
    "S_interm_prim-Jensen S_intrapariet&P_trans S_oc_middle&Lunatus S_oc_sup&transversal S_occipital_ant S_oc-temp_lat "
    "S_oc-temp_med&Lingual S_orbital_lateral S_orbital_med-olfact S_orbital-H_Shaped S_parieto_occipital "
    "S_pericallosal S_postcentral S_precentral-inf-part S_precentral-sup-part S_suborbital S_subparietal "
    "S_temporal_inf S_temporal_sup S_temporal_transverse"
)
BRODMANN = _listed(
    "BA1_exvivo BA2_exvivo BA3a_exvivo BA3b_exvivo BA4a_exvivo BA4p_exvivo BA6_exvivo BA44_exvivo BA45_exvivo "
    "V1_exvivo V2_exvivo MT_exvivo perirhinal_exvivo entorhinal_exvivo"
)
SUBCORTICAL = _listed(
    "Left-Lateral-Ventricle Left-Inf-Lat-Vent Left-Cerebellum-White-Matter Left-Cerebellum-Cortex Left-Thalamus "
    "Left-Caudate Left-Putamen Left-Pallidum 3rd-Ventricle 4th-Ventricle Brain-Stem Left-Hippocampus Left-Amygdala CSF "
    "Left-Accumbens-area Left-VentralDC Left-vessel Left-choroid-plexus Right-Lateral-Ventricle Right-Inf-Lat-Vent "
    "Right-Cerebellum-White-Matter Right-Cerebellum-Cortex Right-Thalamus Right-Caudate Right-Putamen Right-Pallidum "
    "Right-Hippocampus Right-Amygdala Right-Accumbens-area Right-VentralDC Right-vessel Right-choroid-plexus "
    "5th-Ventricle WM-hypointensities Left-WM-hypointensities Right-WM-hypointensities non-WM-hypointensities "
    "Left-non-WM-hypointensities Right-non-WM-hypointensities Optic-Chiasm CC_Posterior CC_Mid_Posterior CC_Central "
    "CC_Mid_Anterior CC_Anterior BrainSegVol BrainSegVolNotVent lhCortexVol rhCortexVol CortexVol "
    "lhCerebralWhiteMatterVol rhCerebralWhiteMatterVol CerebralWhiteMatterVol SubCortGrayVol TotalGrayVol "
    "SupraTentorialVol SupraTentorialVolNotVent MaskVol BrainSegVol-to-eTIV MaskVol-to-eTIV lhSurfaceHoles "
    "rhSurfaceHoles SurfaceHoles EstimatedTotalIntraCranialVol"
)
ATLASES = {
    "aparc": DESIKAN_KILLIANY,
    "aparc.pial": DESIKAN_KILLIANY,
    "aparc.DKTatlas": [name for name in DESIKAN_KILLIANY if name not in ("bankssts", "frontalpole", "temporalpole")],
    "aparc.a2009s": DESTRIEUX,
    "BA_exvivo": BRODMANN,
    "BA_exvivo.thresh": BRODMANN,
    "BA": [name.removesuffix("_exvivo") for name in BRODMANN[:-2]],
}
MEASURES = ("area", "volume", "thickness", "thicknessstd", "meancurv", "gauscurv", "foldind", "curvind")


def aparc(side: str, atlas: str, measure: str, people: list[str]) -> pd.DataFrame:
    """What aparcstats2table writes of one hemisphere."""
    regions = [f"{side}_{region}_{measure}" for region in ATLASES[atlas]]
    whole = {"thickness": [f"{side}_MeanThickness_thickness"], "area": [f"{side}_WhiteSurfArea_area"]}
    names = [*regions, *whole.get(measure, []), "BrainSegVolNotVent", "eTIV"]
    return _measured(f"{side}.{atlas}.{measure}", names, people)


def aseg(measure: str, people: list[str]) -> pd.DataFrame:
    """What asegstats2table writes."""
    return _measured(f"Measure:{measure}", SUBCORTICAL, people)


def _measured(first: str, names: list[str], people: list[str]) -> pd.DataFrame:
    """Numbers of three digits, those of one name the same in every table, behind a first column of people."""
    drawn = {name: np.random.default_rng(crc32(name.encode())).normal(2.5, 0.2, len(people)) for name in names}
    return pd.DataFrame({first: people, **{name: values.round(3) for name, values in drawn.items()}})
